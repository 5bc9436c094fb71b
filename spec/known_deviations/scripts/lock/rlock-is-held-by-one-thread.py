import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

mp = multiprocessing


def release(lock):
    try:
        lock.release()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no exception"


if __name__ == "__main__":
    lock = mp.RLock()
    lock.acquire()
    with ThreadPoolExecutor(1) as thread:
        got = thread.submit(lock.acquire, False).result()
        released = thread.submit(release, lock).result()
    expected = "AssertionError: attempt to release recursive lock not owned by thread"
    print(f"whether another thread of its process acquires a held RLock: expected False, seen {got}")
    print(f"release() by that thread: expected {expected}, seen {released}")
    sys.exit((got, released) != (False, expected))
