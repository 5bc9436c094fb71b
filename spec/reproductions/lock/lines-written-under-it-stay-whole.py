import multiprocessing
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def append(file, text):
    with file.open("a") as end:
        end.write(text)


def write_line(lock, file, letter, pipe):
    pipe.send("ready")
    with lock:
        append(file, letter)
        pipe.send("in the middle")
        pipe.recv()
        append(file, f"{letter}\n")


def start(*args):
    pipe, theirs = mp.Pipe()
    child = mp.Process(target=write_line, args=(*args, theirs), daemon=True)
    child.start()
    if not pipe.poll(10):
        sys.exit("a child does not start: expected within 10 seconds")
    pipe.recv()
    return child, pipe


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        lock, file = mp.Lock(), Path(folder) / "terminal"
        file.touch()
        first, to_first = start(lock, file, "a")
        to_first.poll(10)
        second, to_second = start(lock, file, "b")
        early = to_second.poll(0.3)
        to_first.send("go on"), to_second.send("go on")
        first.join(10), second.join(10)
        lines = file.read_text().splitlines()
    print(f"a second child began its line while the first was in the middle of its own: expected False, seen {early}")
    print(f"the lines that they wrote: expected ['aa', 'bb'], seen {lines}")
    sys.exit((early, lines) != (False, ["aa", "bb"]))
