import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work(news, go_on):
    news.send("begun")
    go_on.recv()
    news.send("done")


def have_a_child(news, go_on, stay):
    mp.Process(target=work, args=(news, go_on)).start()
    stay.recv()


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    stay, held = mp.Pipe(duplex=False)
    child = mp.Process(target=have_a_child, args=(theirs, go_on, stay))
    child.start()
    seen = [news.recv()]
    child.terminate()
    child.join(15)
    ended = child.exitcode is not None
    time.sleep(2)  # whoever is to end with it has ended
    mine.send("go on")
    seen += [news.recv()] if news.poll(15) else []
    print(f"what the child of a terminated child has told: expected ['begun', 'done'], seen {seen}")
    print(f"whether the child was terminated in 15 s, while its child ran: expected True, seen {ended}", flush=True)
    if child.exitcode is None:
        os.kill(child.pid, signal.SIGKILL)
    sys.exit(seen != ["begun", "done"] or not ended)
