import faulthandler
import multiprocessing
import sys

mp = multiprocessing


def try_it(lock, connection):
    connection.send(lock.acquire(False))


def hand_it_on(lock, connection):
    for _ in range(2):
        connection.recv()
        child = mp.Process(target=try_it, args=(lock, connection))
        child.start()
        child.join()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    lock = mp.Lock()
    ours, theirs = mp.Pipe()
    child = mp.Process(target=hand_it_on, args=(lock, theirs))
    child.start()
    lock.acquire()
    ours.send("try")
    held = ours.recv()
    lock.release()
    ours.send("try")
    free = ours.recv()
    child.join()
    print(f"a child's child gets the lock that the starter holds: expected False, seen {held}")
    print(f"it gets the lock when it is free: expected True, seen {free}")
    sys.exit((held, free) != (False, True))
