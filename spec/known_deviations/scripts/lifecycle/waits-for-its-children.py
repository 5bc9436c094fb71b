import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(news, go_on):
    news.send(os.getpid())
    go_on.recv()
    news.send("done")


def start_one(news, go_on):
    mp.Process(target=work, args=(news, go_on)).start()


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a child"))
    signal.alarm(20)
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=start_one, args=(theirs, go_on))
    child.start()
    pid = news.recv()
    child.join(1)
    seen = child.exitcode
    print(f"exit code of a child whose own child, {pid}, still works: expected None, seen {seen}")
    mine.send("go on")
    done = news.poll(10) and news.recv()
    print(f"what the child's child does: expected 'done', seen {done!r}")
    sys.exit(seen is not None or done != "done")
