import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing


class Slow:
    """A key that takes its time where it is looked up."""

    def __hash__(self):
        time.sleep(5)
        return 0


def give_up():
    time.sleep(30)
    print("hangs: a call of a managed dict", flush=True)
    os._exit(1)


def look_up(shared, news):
    news.send("begun")
    shared.get(Slow())


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    news, theirs = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        shared, other = manager.dict(), manager.dict(num=100)
        number = other["num"]
        child = mp.Process(target=look_up, args=(shared, theirs), daemon=True)
        child.start()
        news.recv()
        time.sleep(1)
        begun = time.monotonic()
        number = other["num"]
        seconds = time.monotonic() - begun
        child.join()
    print(f"the number, while another's call takes 5 s: expected 100 at once, seen {number} after {seconds:.1f} s")
    sys.exit(number != 100 or seconds > 2.5)
