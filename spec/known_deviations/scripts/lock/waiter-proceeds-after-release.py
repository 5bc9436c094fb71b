import multiprocessing
import sys

mp = multiprocessing


def hold(lock, pipe):
    lock.acquire()
    pipe.send("acquired")
    pipe.recv()
    lock.release()
    pipe.recv()


def wait_for(lock, pipe):
    pipe.send("waiting")
    pipe.send(lock.acquire())


def start(target, lock):
    pipe, theirs = mp.Pipe()
    mp.Process(target=target, args=(lock, theirs), daemon=True).start()
    if not pipe.poll(20):
        sys.exit("a child hangs: expected to begin within 20 seconds")
    pipe.recv()
    return pipe


if __name__ == "__main__":
    lock = mp.Lock()
    holder = start(hold, lock)
    waiter = start(wait_for, lock)
    early = waiter.poll(0.3)
    holder.send("release")
    acquired = waiter.recv() if waiter.poll(20) else "that it waits still"
    print(f"a waiter went on while another held the lock: expected False, seen {early}")
    print(f"what its acquire() returned in the end: expected True, seen {acquired}")
    sys.exit((early, acquired) != (False, True))
