import multiprocessing
import select
import sys
import threading

mp = multiprocessing


def in_a_thread(news, go_on):
    news.send("begun")
    go_on.recv()
    news.send("done")


def work(news, go_on):
    begun = threading.Event()
    threading.Thread(target=lambda: (begun.set(), in_a_thread(news, go_on))).start()
    begun.wait()


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs, go_on))
    child.start()
    ready = bool(select.select([child.sentinel], [], [], 2)[0])
    child.join(0)
    seen = child.exitcode
    print(f"whether the sentinel of a child whose thread still works is ready: expected False, seen {ready}")
    print(f"its exit code: expected None, seen {seen}")
    mine.send("go on")
    child.join()
    told = [news.recv() for _ in range(2) if news.poll(1)]
    print(f"what the thread has told: expected ['begun', 'done'], seen {told}")
    sys.exit(seen is not None or ready or told != ["begun", "done"])
