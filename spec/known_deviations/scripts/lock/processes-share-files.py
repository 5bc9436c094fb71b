import multiprocessing
import sys
import tempfile
from pathlib import Path

mp = multiprocessing


def write(note):
    note.write_text("hello")


def read(note, answer):
    answer.send(note.read_text() if note.exists() else "no file")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note"
        child = mp.Process(target=write, args=(note,), daemon=True)
        child.start()
        child.join(20)
        answer, writer = mp.Pipe(duplex=False)
        other = mp.Process(target=read, args=(note, writer), daemon=True)
        other.start()
        seen = answer.recv() if answer.poll(20) else "no answer"
        here = note.read_text() if note.exists() else "no file"
    print(f"what a child wrote to a file, read by another child: expected 'hello', seen {seen!r}")
    print(f"and by the starter: expected 'hello', seen {here!r}")
    sys.exit((seen, here) != ("hello", "hello"))
