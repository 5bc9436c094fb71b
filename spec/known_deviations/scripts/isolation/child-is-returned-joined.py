import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def leave(writer):
    writer.send(os.getpid())
    sys.exit(7)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=leave, args=(writer,))
    child.start()
    pid = reader.recv()
    child.join()
    left = os.path.exists(f"/proc/{pid}")
    print(f"pid of the child, which is joined: expected {pid}, seen {child.pid}")
    print(f"exit code of the child, which left with 7: expected 7, seen {child.exitcode}")
    print(f"it is in the process table still: expected False, seen {left}")
    sys.exit((child.pid, child.exitcode) != (pid, 7) or left)
