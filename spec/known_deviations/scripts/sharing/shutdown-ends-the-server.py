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


def look_up(shared, file, pipe):
    shared.get(Key(file))
    pipe.send(int(file.read_text()))
    pipe.recv()
    pipe.send("still here")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    pipe, theirs = mp.Pipe()
    with tempfile.TemporaryDirectory() as folder, mp.Manager() as manager:
        shared = manager.dict()
        mp.Process(target=look_up, args=(shared, Path(folder) / "home", theirs), daemon=True).start()
        theirs.close()
        server = pipe.recv()
        before = Path(f"/proc/{server}").exists()
        manager.shutdown()
        after = Path(f"/proc/{server}").exists()
        pipe.send("and the client?")
        pipe.recv()
    print(f"the process that looked a key up exists before shutdown: expected True, seen {before}")
    print(f"and after it, be it as a zombie: expected False, seen {after}")
    sys.exit((before, after) != (True, False))
