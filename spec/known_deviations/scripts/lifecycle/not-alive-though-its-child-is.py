import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(news, go_on):
    news.send("begun")
    go_on.recv()


def have_a_child(news, go_on, stay):
    mp.Process(target=work, args=(news, go_on)).start()
    stay.recv()


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    stay, held = mp.Pipe(duplex=False)
    child = mp.Process(target=have_a_child, args=(theirs, go_on, stay))
    child.start()
    news.recv()
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    seen = child.is_alive()
    mine.send("go on")
    child.join()
    print(f"whether a killed child is alive whose own child runs on: expected False, seen {seen}")
    sys.exit(seen)
