import multiprocessing
import os
import sys

mp = multiprocessing


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("cannot be pickled")


def run(news, _given):
    news.send(os.getpid())


def children():
    found = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as file:
            found += file.read().split()
    return found


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    first = mp.Process(target=run, args=(theirs, None))
    first.start()  # whatever is started once for all is there now
    first.join()
    before, given, seen = children(), [Unpicklable()], "no exception"
    child = mp.Process(target=run, args=(theirs, given))
    try:
        child.start()
    except TypeError as error:
        seen = str(error)
    left = [pid for pid in children() if pid not in before]
    try:
        active = len(mp.active_children())
    except AttributeError as error:
        active = repr(error)
    print(f"start with what cannot be pickled: expected 'cannot be pickled', seen {seen!r}")
    print(f"processes that it has left: expected [], seen {left}; active children: expected 0, seen {active}")
    given.clear()
    try:
        child.start()
        child.join()
        code = child.exitcode
    except AssertionError as error:
        code = repr(error)
    print(f"exit code after another start, with nothing of that kind: expected 0, seen {code}")
    sys.exit((seen, left, active, code) != ("cannot be pickled", [], 0, 0))
