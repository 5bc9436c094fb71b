import gc
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

mp = multiprocessing


class Mortal:
    """Makes a file when a copy of it is dropped."""

    def __init__(self, file, copy=False):
        self.file, self.copy = file, copy

    def __reduce__(self):
        return Mortal, (self.file, True)

    def __del__(self):
        if self.copy:
            self.file.touch()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, mp.Manager() as manager:
        file = Path(folder) / "dropped"
        shared, other = manager.dict(), manager.dict()
        shared["mortal"] = Mortal(file)
        time.sleep(0.5)
        early = file.exists()
        del shared
        gc.collect()
        other.clear()
        limit = time.monotonic() + 10
        while not file.exists() and time.monotonic() < limit:
            time.sleep(0.05)
        dropped = file.exists()
    print(f"what is in a managed dict is dropped while there is a proxy: expected False, seen {early}")
    print(f"it is dropped once there is none: expected True, seen {dropped}")
    sys.exit((early, dropped) != (False, True))
