import faulthandler
import multiprocessing
import sys

mp = multiprocessing


def append(writer, argument):
    argument.append(3)
    writer.send(argument)


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    argument = [1, 2]
    seen = run(append, argument)
    print(f"the argument in the child, which adds to it: expected [1, 2, 3], seen {seen}")
    print(f"the argument in the parent: expected [1, 2], seen {argument}")
    sys.exit((seen, argument) != ([1, 2, 3], [1, 2]))
