import faulthandler
import multiprocessing
import sys

mp = multiprocessing

number = 100


def look(writer):
    writer.send(number)


def run(target, daemon):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer,), daemon=daemon)
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    number = 7
    seen = run(look, daemon=False), run(look, daemon=True)
    print("the global that the starter has rebound from 100 to 7, in a child and in a daemonic one:")
    print(f"expected (100, 100), seen {seen}")
    sys.exit(seen != (100, 100))
