import multiprocessing
import sys

mp = multiprocessing


def attempt(call, *args):
    try:
        call(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no exception"


if __name__ == "__main__":
    child = mp.Process(target=print)
    seen = attempt(getattr, child, "sentinel")
    expected = "ValueError: process not started"
    print(f"the sentinel of a process that was not started: expected {expected!r}, seen {seen!r}")
    sys.exit(expected not in seen)
