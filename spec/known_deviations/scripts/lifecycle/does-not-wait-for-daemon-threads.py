import multiprocessing
import sys
import threading

mp = multiprocessing


def work():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    child.join(5)
    seen = child.exitcode
    print(f"exit code of a child with a daemon thread that never ends: expected 0, seen {seen}")
    if seen is None:
        child.terminate()
    sys.exit(seen != 0)
