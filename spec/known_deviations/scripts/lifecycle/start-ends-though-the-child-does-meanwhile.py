import multiprocessing
import os
import threading
from contextlib import suppress

mp = multiprocessing


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (3,)


def start(child):
    with suppress(OSError):
        child.start()


def ignore(*_arguments):
    pass


if __name__ == "__main__":
    child = mp.Process(target=ignore, args=(Deadly(), bytes(2**21)))
    starter = threading.Thread(target=start, args=(child,), daemon=True)
    starter.start()
    starter.join(20)
    print(f"whether start() has ended: expected True, seen {not starter.is_alive()}", flush=True)
    os._exit(starter.is_alive())
