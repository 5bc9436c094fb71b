import multiprocessing
import sys

mp = multiprocessing


class Undeliverable:
    """Can be pickled, and fails to be unpickled."""

    def __reduce__(self):
        return fail, ()


def fail():
    raise RuntimeError("cannot be unpickled")


def work(_given):
    pass


if __name__ == "__main__":
    child = mp.Process(target=work, args=(Undeliverable(),))
    child.start()
    child.join()
    print(f"exit code of a child that cannot unpickle what it is given: expected not 0, seen {child.exitcode}")
    sys.exit(child.exitcode in (0, None))
