import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def fail(counter, lock, answer):
    try:
        with lock:
            counter["num"] - 1
            raise ConnectionError
        answer.send("nothing")
    except ConnectionError:
        answer.send("ConnectionError")
    time.sleep(1000)  # if the lock is free, that is not due to the end of the process


def take_one(counter, lock, answer):
    with lock:
        number = counter["num"]
        counter["num"] = number - 1
    answer.send(number)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    lock = mp.Lock()
    answer, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        counter = manager.dict(num=100)
        mp.Process(target=fail, args=(counter, lock, writer), daemon=True).start()
        raised, free = answer.recv(), lock.acquire(False)
        print(f"raised by a with block that fails: expected ConnectionError, seen {raised}; free then: {free}")
        if (raised, free) != ("ConnectionError", True):
            sys.exit(1)
        lock.release()
        mp.Process(target=take_one, args=(counter, lock, writer), daemon=True).start()
        seen = answer.recv(), counter["num"]
    print(f"what the next child reads, and leaves: expected (100, 99), seen {seen}")
    sys.exit(seen != (100, 99))
