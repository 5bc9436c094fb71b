import multiprocessing
import sys

mp = multiprocessing


def try_each(lock, connection):
    for options in {"block": False}, {"timeout": 0.05}, {"timeout": 0}:
        connection.send(lock.acquire(**options))


if __name__ == "__main__":
    lock = mp.Lock()
    lock.acquire()
    ours, theirs = mp.Pipe()
    child = mp.Process(target=try_each, args=(lock, theirs), daemon=True)
    child.start()
    seen = []
    while len(seen) < 3 and ours.poll(20):
        seen.append(ours.recv())
    print("acquire(block=False), acquire(timeout=0.05) and acquire(timeout=0) of a held lock:")
    print(f"expected [False, False, False], seen {seen}")
    lock.release()
    free = lock.acquire(block=True)
    print(f"acquire(block=True) of a free lock: expected True, seen {free}")
    child.terminate()
    sys.exit((seen, free) != ([False, False, False], True))
