import faulthandler
import multiprocessing
import sys

mp = multiprocessing

number = 100


def rebind(writer):
    global number
    number = 3
    writer.send(number)


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    seen = run(rebind)
    print(f"the global in the child, which rebinds it: expected 3, seen {seen}")
    print(f"the global in the parent: expected 100, seen {number}")
    sys.exit((seen, number) != (3, 100))
