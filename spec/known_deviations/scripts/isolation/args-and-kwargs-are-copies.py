import faulthandler
import multiprocessing
import sys

mp = multiprocessing


def append(writer, positional, named=None):
    positional.append(3)
    if named is not None:
        named.append(3)
    writer.send((positional, named))


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    positional, named = [1], [2]
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=append, args=(writer, positional), kwargs={"named": named})
    child.start()
    child.join()
    seen = reader.recv() if reader.poll() else None
    print(f"args and kwargs in the child, which adds to them: expected ([1, 3], [2, 3]), seen {seen}")
    print(f"args and kwargs in the parent: expected [1] and [2], seen {positional} and {named}")
    unchanged = positional == [1] and named == [2]
    positional.append(4)
    another = mp.Process(target=append, args=(writer,), kwargs={"positional": positional})
    another.start()
    another.join()
    then = reader.recv() if reader.poll() else None
    print(f"another child, given one list, by name, with 4 added: expected ([1, 4, 3], None), seen {then}")
    sys.exit(seen != ([1, 3], [2, 3]) or not unchanged or then != ([1, 4, 3], None))
