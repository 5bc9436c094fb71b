import multiprocessing
import signal
import sys

mp = multiprocessing


class Unanswerable:
    """Can be pickled once."""

    def __init__(self, sent=False):
        self.sent = sent

    def __reduce__(self):
        if self.sent:
            raise TypeError("an answer that cannot be pickled")
        return Unanswerable, (True,)


def told_by(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    with mp.Manager() as manager:
        shared = manager.dict(num=100, answer=Unanswerable())
        first, second = told_by(lambda: shared["answer"]), told_by(lambda: shared["num"])
    print(f"a call whose answer cannot be pickled: {first}")
    print(f"the answer to the next call: expected 100, seen {second}")
    sys.exit(second != 100)
