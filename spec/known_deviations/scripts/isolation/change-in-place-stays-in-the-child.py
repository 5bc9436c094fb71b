import faulthandler
import multiprocessing
import sys

mp = multiprocessing

numbers = [100]


def change(writer):
    numbers.append(3)
    writer.send(numbers)


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    seen = run(change)
    print(f"the list in the child, which adds to it: expected [100, 3], seen {seen}")
    print(f"the list in the parent: expected [100], seen {numbers}")
    sys.exit((seen, numbers) != ([100, 3], [100]))
