import multiprocessing
import sys

mp = multiprocessing


def work():
    pass


def attempt(call, *args):
    try:
        return f"no exception, but {call(*args)}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    child.join()
    child.close()
    seen = {name: attempt(getattr, child, name) for name in ("pid", "ident", "exitcode", "sentinel")}
    seen.update((name, attempt(getattr(child, name))) for name in ("is_alive", "join", "start"))
    expected = "ValueError: process object is closed"
    wrong = {name: answer for name, answer in seen.items() if expected not in answer}
    print(f"what a closed child answered otherwise than by {expected!r}: expected nothing, seen {wrong}")
    sys.exit(bool(wrong))
