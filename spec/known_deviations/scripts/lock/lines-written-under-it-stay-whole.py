import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def append(file, text):
    with file.open("a") as end:
        end.write(text)


def write_line(lock, file, letter, ready, middle, gate):
    ready.send("ready")
    with lock:
        append(file, letter)
        middle.send(letter)
        os.read(gate.fileno(), 1)
        append(file, f"{letter}\n")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 20 seconds"))
    signal.alarm(20)
    with tempfile.TemporaryDirectory() as folder:
        lock, file = mp.Lock(), Path(folder) / "terminal"
        file.touch()
        ready, middle, gate = (mp.Pipe(duplex=False) for _ in range(3))
        pipes = ready[1], middle[1], gate[0]
        children = [mp.Process(target=write_line, args=(lock, file, name, *pipes), daemon=True) for name in "ab"]
        for child in children:
            child.start()
        ready[0].recv(), ready[0].recv(), middle[0].recv()
        early = middle[0].poll(0.5)
        os.write(gate[1].fileno(), b"xx")
        for child in children:
            child.join()
        lines = sorted(file.read_text().splitlines())
    print(f"a second child began its line while the first was in the middle of its own: expected False, seen {early}")
    print(f"the lines that they wrote: expected ['aa', 'bb'], seen {lines}")
    sys.exit((early, lines) != (False, ["aa", "bb"]))
