import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def write(shared, pid):
    shared["num"] = 7
    pid.send(os.getpid())
    time.sleep(1000)


def read(shared, answer):
    answer.send(shared["num"])


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    answer, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        shared = manager.dict(num=100)
        child = mp.Process(target=write, args=(shared, writer), daemon=True)
        child.start()
        os.kill(answer.recv(), signal.SIGKILL)
        child.join()
        time.sleep(0.3)
        mp.Process(target=read, args=(shared, writer), daemon=True).start()
        seen = answer.recv() if answer.poll(20) else "no answer"
    print(f"what a child wrote, read by another after it was killed: expected 7, seen {seen}")
    sys.exit(seen != 7)
