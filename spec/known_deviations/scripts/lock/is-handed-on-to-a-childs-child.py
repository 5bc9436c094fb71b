import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def try_it(lock):
    sys.exit(3 if lock.acquire(False) else 4)


def hand_it_on(lock, connection):
    connection.send(os.getpid())
    for _ in range(2):
        connection.recv()
        child = mp.Process(target=try_it, args=(lock,))
        child.start()
        child.join()
        connection.send(child.exitcode)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    lock = mp.Lock()
    ours, theirs = mp.Pipe()
    child = mp.Process(target=hand_it_on, args=(lock, theirs))
    child.start()
    pid = ours.recv()
    lock.acquire()
    ours.send("try")
    held = ours.recv()
    lock.release()
    ours.send("try")
    free = ours.recv()
    child.join()
    again = lock.acquire(False)
    print(f"exit code of a child's child that tries a lock that the starter holds: expected 4, seen {held}")
    print(f"of one that tries it when it is free: expected 3, seen {free}")
    print(f"the starter gets the lock then: expected False, seen {again}")
    print(f"process of the child: expected another than the starter's, {os.getpid()}, seen {pid}")
    sys.exit((held, free, again) != (4, 3, False) or pid == os.getpid())
