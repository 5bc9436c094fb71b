import multiprocessing
import sys

mp = multiprocessing


def send(sender, news):
    try:
        sender.send("to nobody")
        news.send("no exception")
    except BrokenPipeError:
        news.send("BrokenPipeError")


if __name__ == "__main__":
    receiver, sender = mp.Pipe(False)
    news, theirs = mp.Pipe(False)
    receiver.close()
    child = mp.Process(target=send, args=(sender, theirs))
    child.start()
    child.join(20)
    seen = news.recv() if news.poll() else f"a child that ended with {child.exitcode}"
    print(f"send to a pipe that nobody can receive from: expected BrokenPipeError, seen {seen}")
    sys.exit(seen != "BrokenPipeError")
