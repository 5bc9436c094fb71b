import gc
import multiprocessing
import os
import sys
import time

mp = multiprocessing


class Mortal:
    """Makes a file when it is dropped where it was sent to."""

    def __init__(self, path, maker, sent=False):
        self.path, self.maker, self.sent = path, maker, sent

    def __reduce__(self):
        return Mortal, (self.path, self.maker, True)

    def __del__(self):
        if self.sent and os.getpid() != self.maker:
            os.close(os.open(self.path, os.O_CREAT))


if __name__ == "__main__":
    path = os.path.abspath("dropped")
    with mp.Manager() as manager:
        shared = manager.dict()
        nested = manager.list([Mortal(path, os.getpid())])
        shared["nested"] = nested
        del nested
        gc.collect()
        shared.clear()
        shared.clear()
        time.sleep(1)
        seen = os.path.exists(path)
    print(f"whether the server has dropped a list that nothing refers to: expected True, seen {seen}")
    sys.exit(not seen)
