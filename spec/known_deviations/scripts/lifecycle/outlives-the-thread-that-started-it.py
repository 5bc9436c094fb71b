import multiprocessing
import os
import signal
import sys
import threading
import time

mp = multiprocessing


def work(news, go_on):
    news.send(os.getpid())
    go_on.recv()
    sys.exit(7)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: a child"))
    signal.alarm(20)
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs, go_on))
    may_end = threading.Event()
    thread = threading.Thread(target=lambda: (child.start(), may_end.wait()))
    thread.start()
    pid = news.recv()
    may_end.set()
    while os.path.exists(f"/proc/self/task/{thread.native_id}"):
        time.sleep(0.01)
    active = [process.pid for process in mp.active_children()]
    mine.send("go on")
    child.join()
    print(f"process of the child: expected another than {os.getpid()}, seen {pid}")
    print(f"active children once its starting thread has ended: expected [{pid}], seen {active}")
    print(f"exit code of a child whose starting thread has ended: expected 7, seen {child.exitcode}")
    sys.exit(pid == os.getpid() or active != [pid] or child.exitcode != 7)
