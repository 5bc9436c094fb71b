import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def tell(writer):
    writer.send(os.getpid())


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    seen = run(tell)
    print(f"process that runs the child's target: expected another than {os.getpid()}, seen {seen}")
    sys.exit(seen in (None, os.getpid()))
