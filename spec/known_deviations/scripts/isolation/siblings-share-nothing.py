import faulthandler
import multiprocessing
import sys

mp = multiprocessing

number = 100
numbers = [100]


def change(writer):
    global number
    number = 3
    numbers.append(3)
    writer.send((number, numbers))


def look(writer):
    writer.send((number, numbers))


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    first, second = run(change), run(look)
    print(f"globals in the first child, which changes them: expected {(3, [100, 3])}, seen {first}")
    print(f"globals in the second child: expected {(100, [100])}, seen {second}")
    sys.exit((first, second) != ((3, [100, 3]), (100, [100])))
