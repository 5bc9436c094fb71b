import multiprocessing
import sys

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
    try:
        child.kill()
    except AttributeError as error:
        seen.append(repr(error))
        child.terminate()
    child.join()
    mine.send("go on")
    seen += [news.recv()] if news.poll(5) else []
    print(f"what the child of a killed child has told: expected ['begun', 'done'], seen {seen}")
    sys.exit(seen != ["begun", "done"])
