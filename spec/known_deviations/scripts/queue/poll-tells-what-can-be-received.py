import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def poll(receiver, news):
    news.send("polling")
    news.send(receiver.poll(60))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("recv() after a true poll(): expected to return, it hangs"))
    signal.alarm(30)
    receiver, sender = mp.Pipe(False)
    news, theirs = mp.Pipe(False)
    begun = time.monotonic()
    seen = [receiver.poll(), receiver.poll(0.2)]
    seconds = time.monotonic() - begun
    mp.Process(target=poll, args=(receiver, theirs), daemon=True).start()
    news.recv()
    early = news.poll(0.5)
    sender.send("message")
    seen += [news.recv() if news.poll(10) else "nothing", receiver.poll()]
    seen += [receiver.recv() if seen[-1] else "nothing"]
    expected = [False, False, True, True, "message"]
    print(f"poll(), poll(0.2), poll(60), poll(), recv(): expected {expected}, seen {seen}")
    print(f"the first two took at least 0.2 s: expected True, seen {seconds >= 0.2}")
    print(f"poll(60) returned before there was a message: expected False, seen {early}")
    sys.exit(seen != expected or seconds < 0.2 or early)
