import gc
import multiprocessing
import os
import sys
from pathlib import Path

mp = multiprocessing


class Home:
    """Becomes the pid of the process that it is sent to."""

    def __reduce__(self):
        return os.getpid, ()


if __name__ == "__main__":
    manager = mp.Manager()
    server = manager.dict(home=Home())["home"]
    before = Path(f"/proc/{server}").exists()
    del manager
    gc.collect()
    after = Path(f"/proc/{server}").exists()
    print(f"the server exists while there is a manager: expected True, seen {before}")
    print(f"and when nothing refers to that any more: expected False, seen {after}")
    sys.exit((before, after) != (True, False))
