import multiprocessing
import os
import sys
import time

mp = multiprocessing


def grandchild(writer):
    os.write(writer.fileno(), b"a child of the daemon ran; ")


def daemon(writer):
    child = mp.Process(target=grandchild, args=(writer,))
    try:
        child.start()
        child.join()
        os.write(writer.fileno(), b"no exception")
    except Exception as error:
        os.write(writer.fileno(), repr(error).encode())
    time.sleep(1)  # a child that was started all the same would end with it


if __name__ == "__main__":
    expected = repr(AssertionError("daemonic processes are not allowed to have children"))
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=daemon, args=(writer,))
    child.daemon = True
    child.start()
    child.join()
    time.sleep(1)
    os.write(writer.fileno(), b".")
    seen = os.read(reader.fileno(), 1000).decode()
    print(f"a daemon that starts a child: expected {expected}, seen {seen}")
    sys.exit(seen != f"{expected}.")
