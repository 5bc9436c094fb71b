import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def try_it(lock, connection):
    connection.send((os.getpid(), lock.acquire(False)))


def hand_it_on(lock, connection):
    connection.send(os.getpid())
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
    pids = [os.getpid(), ours.recv()]
    lock.acquire()
    ours.send("try")
    pid, held = ours.recv()
    pids.append(pid)
    lock.release()
    ours.send("try")
    _, free = ours.recv()
    child.join()
    kept = lock.acquire(False)
    print(f"a child's child gets the lock that the starter holds: expected False, seen {held}")
    print(f"it gets the lock when it is free: expected True, seen {free}")
    print(f"the starter gets the lock then: expected False, seen {kept}")
    print(f"starter, child and child's child: expected to be three processes, seen {pids}")
    sys.exit((held, free, kept) != (False, True, False) or len(set(pids)) != 3)
