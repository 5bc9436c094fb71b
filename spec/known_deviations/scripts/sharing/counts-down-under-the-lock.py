import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def take_one(counter, lock, ready, inside, gate):
    ready.send(os.getpid())
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
        children = [mp.Process(target=take_one, args=args, daemon=True) for _ in range(10)]
        for child in children:
            child.start()
        processes = len({os.getpid(), *(ready[0].recv() for _ in children)})
        read = []
        for _ in children:
            read.append(inside[0].recv())
            if inside[0].poll(0.05):
                sys.exit("a child read while another was between its read and its write: expected False, seen True")
            os.write(gate[1].fileno(), b"x")
        for child in children:
            child.join()
        left = counter["num"]
    print(f"what ten children read, one after the other: expected {[*range(100, 90, -1)]}, seen {read}")
    print(f"what is left of 100: expected 90, seen {left}; processes: expected 11, seen {processes}")
    sys.exit((read, left, processes) != ([*range(100, 90, -1)], 90, 11))
