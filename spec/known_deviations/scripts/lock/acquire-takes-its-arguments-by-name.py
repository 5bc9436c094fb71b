import multiprocessing
import sys

mp = multiprocessing

IMPATIENT = {"block": False}, {"timeout": 0.05}, {"timeout": 0}, {"timeout": -1}, {"block": False, "timeout": 3600}


def try_each(lock, connection):
    for options in IMPATIENT:
        connection.send(lock.acquire(**options))
    connection.send(lock.acquire(timeout=None))
    lock.release()


if __name__ == "__main__":
    lock = mp.Lock()
    lock.acquire()
    ours, theirs = mp.Pipe()
    child = mp.Process(target=try_each, args=(lock, theirs), daemon=True)
    child.start()
    seen = []
    while len(seen) < len(IMPATIENT) and ours.poll(20):
        seen.append(ours.recv())
    for options, answer in zip(IMPATIENT, seen + ["no answer"] * len(IMPATIENT)):
        print(f"acquire(**{options}) of a held lock: expected False, seen {answer}")
    if len(seen) < len(IMPATIENT):
        child.terminate()
        sys.exit(1)
    early = ours.poll(0.3)
    print(f"acquire(timeout=None) of a held lock returned: expected False, seen {early}")
    lock.release()
    late = ours.recv() if ours.poll(20) else "no answer"
    print(f"acquire(timeout=None) once the lock is released: expected True, seen {late}")
    free = lock.acquire(block=True, timeout=20)
    print(f"acquire(block=True) of a free lock: expected True, seen {free}")
    child.terminate()
    sys.exit((seen, early, late, free) != ([False] * len(IMPATIENT), False, True, True))
