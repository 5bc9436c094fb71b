import multiprocessing
import os
import sys

mp = multiprocessing


def grandchild(writer):
    os.write(writer.fileno(), b"x")


def daemon(writer):
    child = mp.Process(target=grandchild, args=(writer,))
    child.start()
    child.join()


if __name__ == "__main__":
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=daemon, args=(writer,), daemon=True)
    child.start()
    child.join()
    writer.close()
    seen = len(os.read(reader.fileno(), 10))
    print(f"children of a daemon that ran: expected 0, seen {seen}")
    sys.exit(seen != 0)
