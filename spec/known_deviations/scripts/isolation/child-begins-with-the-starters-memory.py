import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing

number = 100
imported_by = os.getpid()


def look(writer):
    writer.send((number, imported_by))


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    number = 7
    seen = run(look)
    print(f"the global that the starter has rebound, in the child: expected 7, seen {seen and seen[0]}")
    print(f"who ran the module: expected the starter, {os.getpid()}, seen {seen and seen[1]}")
    sys.exit(seen != (7, os.getpid()))
