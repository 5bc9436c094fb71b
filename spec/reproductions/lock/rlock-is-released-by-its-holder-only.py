import multiprocessing
import sys

mp = multiprocessing


def hold(lock, pipe):
    pipe.recv()
    lock.acquire()
    pipe.send("held")
    pipe.recv()


def release(lock):
    try:
        lock.release()
    except AssertionError as error:
        return f"AssertionError: {error}"
    return "no exception"


def meddle(lock, pipe):
    pipe.send(release(lock))
    pipe.recv()
    pipe.send(release(lock))
    pipe.send(lock.acquire(False))


def receive(pipe):
    if not pipe.poll(10):
        sys.exit("a child does not answer: expected within 10 seconds")
    return pipe.recv()


if __name__ == "__main__":
    lock = mp.RLock()
    (to_holder, holders), (to_other, others) = mp.Pipe(), mp.Pipe()
    mp.Process(target=hold, args=(lock, holders), daemon=True).start()
    mp.Process(target=meddle, args=(lock, others), daemon=True).start()
    holders.close(), others.close()
    refusals = [receive(to_other)]
    to_holder.send("acquire"), receive(to_holder)
    to_other.send("release"), refusals.append(receive(to_other))
    freed = receive(to_other)
    expected = ["AssertionError: attempt to release recursive lock not owned by thread"] * 2
    print(f"release() of a free RLock, and of one that another holds: expected {expected}, seen {refusals}")
    print(f"it was free after that: expected False, seen {freed}")
    sys.exit((refusals, freed) != (expected, False))
