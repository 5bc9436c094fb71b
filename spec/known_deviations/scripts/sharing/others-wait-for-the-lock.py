import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def take_one(counter, lock, ready, inside, gate):
    ready.send("ready")
    with lock:
        number = counter["num"]
        inside.send(number)
        os.read(gate.fileno(), 1)
        counter["num"] = number - 1


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    lock = mp.Lock()
    ready, inside, gate = (mp.Pipe(duplex=False) for _ in range(3))
    with mp.Manager() as manager:
        counter = manager.dict(num=100)
        args = counter, lock, ready[1], inside[1], gate[0]
        children = [mp.Process(target=take_one, args=args, daemon=True) for _ in range(3)]
        for child in children:
            child.start()
        for _ in children:
            ready[0].recv()
        read = [inside[0].recv()]
        another = inside[0].poll(0.5)
        os.write(gate[1].fileno(), b"xxx")
        read += inside[0].recv(), inside[0].recv()
        for child in children:
            child.join()
    print(f"another child has read before the first has written: expected False, seen {another}")
    print(f"what the three read: expected [100, 99, 98], seen {read}")
    sys.exit((another, read) != (False, [100, 99, 98]))
