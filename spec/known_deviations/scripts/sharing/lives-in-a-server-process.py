import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


class Key:
    """Writes down where it is looked up."""

    def __init__(self, file):
        self.file = file

    def __hash__(self):
        self.file.write_text(str(os.getpid()))
        return 0


def look_up(shared, file, answer):
    shared.get(Key(file))
    answer.send((os.getpid(), int(file.read_text())))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    answer, writer = mp.Pipe(duplex=False)
    users, homes = {os.getpid()}, set()
    with tempfile.TemporaryDirectory() as folder, mp.Manager() as manager:
        shared = manager.dict()
        for name in "first", "second":
            mp.Process(target=look_up, args=(shared, Path(folder) / name, writer), daemon=True).start()
            user, home = answer.recv()
            users.add(user)
            homes.add(home)
    print(f"in how many processes two children's keys were looked up: expected 1, seen {len(homes)}")
    print(f"which of them are users of the dict: expected [], seen {[*homes & users]}")
    sys.exit((len(homes), homes & users) != (1, set()))
