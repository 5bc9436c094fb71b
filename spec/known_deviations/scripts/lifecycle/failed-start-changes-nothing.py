import multiprocessing
import os
import resource
import signal
import sys

mp = multiprocessing


def work():
    pass


def told_by(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__


if __name__ == "__main__":
    first = mp.Process(target=work)
    first.start()  # whatever is started or opened once for all is there now
    first.join()
    child = mp.Process(target=work)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))  # no more files
    failure = told_by(child.start)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    print(f"a start while no file can be opened: {failure}")
    if failure is None:
        sys.exit("it has not failed: nothing to see here")
    ends = [child.pid, child.exitcode, child.is_alive(), told_by(child.join)]
    seen, expected = [told_by(lambda: len(mp.active_children())), *ends], [0, None, None, False, "AssertionError"]
    print(f"active children, its pid, exit code, whether alive, join: expected {expected}, seen {seen}")
    blocked = signal.pthread_sigmask(signal.SIG_SETMASK, ())
    print(f"signals that are blocked: expected [], seen {[*blocked]}")
    again = told_by(child.start)
    if again is None:
        child.join()
    print(f"another start: expected None, seen {again}; exit code: expected 0, seen {child.exitcode}")
    sys.exit(seen != expected or bool(blocked) or again is not None or child.exitcode != 0)
