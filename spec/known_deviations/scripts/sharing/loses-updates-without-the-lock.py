import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def take_one(counter, inside, gate):
    number = counter["num"]
    inside.send((os.getpid(), number))
    os.read(gate.fileno(), 1)
    counter["num"] = number - 1


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    inside, gate = mp.Pipe(duplex=False), mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        counter = manager.dict(num=100)
        args = counter, inside[1], gate[0]
        children = [mp.Process(target=take_one, args=args, daemon=True) for _ in range(10)]
        for child in children:
            child.start()
        read = dict(inside[0].recv() for _ in children)
        os.write(gate[1].fileno(), b"x" * 10)
        for child in children:
            child.join()
        left = counter["num"]
    print(f"what ten processes read before any wrote: expected ten times 100, seen {[*read.values()]}")
    print(f"what is left of 100 then: expected 99, seen {left}")
    sys.exit(([*read.values()], left) != ([100] * 10, 99))
