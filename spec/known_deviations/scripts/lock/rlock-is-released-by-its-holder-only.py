import multiprocessing
import signal
import sys

mp = multiprocessing


def release(lock):
    try:
        lock.release()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no exception"


def meddle(lock, pipe):
    pipe.send(release(lock))
    pipe.recv()
    pipe.send(release(lock))
    pipe.send(lock.acquire(False))


def meddle_once(lock, pipe):
    pipe.send(release(lock))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 20 seconds"))
    signal.alarm(20)
    lock = mp.RLock()
    pipe, theirs = mp.Pipe()
    mp.Process(target=meddle, args=(lock, theirs), daemon=True).start()
    theirs.close()
    if_free = pipe.recv()
    lock.acquire()
    pipe.send("it is held now")
    if_held = pipe.recv()
    freed = pipe.recv()
    pipe, theirs = mp.Pipe()
    child = mp.Process(target=meddle_once, args=(lock, theirs))
    child.start()
    by_child = pipe.recv()
    child.join()
    expected = "AssertionError: attempt to release recursive lock not owned by thread"
    print(f"release() of a free RLock: expected {expected}, seen {if_free}")
    print(f"release() of an RLock that another process holds: expected the same, seen {if_held}")
    print(f"it was free after that: expected False, seen {freed}")
    print(f"release() by a child that its holder has started meanwhile: expected the same, seen {by_child}")
    sys.exit((if_free, if_held, freed, by_child) != (expected, expected, False, expected))
