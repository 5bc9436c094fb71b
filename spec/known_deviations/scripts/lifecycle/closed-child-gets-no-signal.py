import multiprocessing
import sys

mp = multiprocessing


def work():
    pass


def attempt(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no exception"


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    child.join()
    child.close()
    seen = [attempt(child.terminate), attempt(child.kill)]
    expected = "ValueError: process object is closed"
    print(f"terminate() and kill() of a closed child: expected {expected!r}, seen {seen}")
    sys.exit(any(expected not in answer for answer in seen))
