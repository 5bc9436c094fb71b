import multiprocessing
import signal
import sys
import time
from contextlib import suppress

mp = multiprocessing


class Slow:
    """Takes long to be looked up."""

    def __hash__(self):
        time.sleep(2)
        return 0


def interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    with mp.Manager() as manager:
        shared = manager.dict(num=100)
        signal.signal(signal.SIGALRM, interrupt)
        signal.alarm(1)
        with suppress(KeyboardInterrupt):
            shared.get(Slow(), "the answer to another call")
        seen = shared["num"]
    print(f"the answer to the call after one that was interrupted: expected 100, seen {seen}")
    sys.exit(seen != 100)
