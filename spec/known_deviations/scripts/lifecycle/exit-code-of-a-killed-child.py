import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)


if __name__ == "__main__":
    wrong = 0
    for number in signal.SIGKILL, signal.SIGUSR1, signal.SIGUSR2, signal.SIGRTMIN + 1:
        here, there = mp.Pipe()
        child = mp.Process(target=work, args=(there,))
        child.start()
        here.recv()
        os.kill(child.pid, number)
        child.join()
        wrong += child.exitcode != -number
        print(f"exit code of a child that signal {number:d} ended: expected {-number}, seen {child.exitcode}")
    sys.exit(wrong != 0)
