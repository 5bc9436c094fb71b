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
    seen = [seen]
    for kwargs in {"positional": positional}, {"positional": positional, "named": positional}:
        another = mp.Process(target=append, args=(writer,), kwargs=kwargs)
        another.start()
        another.join()
        seen.append(reader.recv() if reader.poll() else None)
    expected = [([1, 3], [2, 3]), ([1, 4, 3], None), ([1, 4, 3, 3], [1, 4, 3, 3])]
    print(f"another child, given one list, with 4 added: expected {expected[1]}, seen {seen[1]}")
    print(f"and one that is given it twice: expected {expected[2]}, seen {seen[2]}")
    sys.exit(seen != expected or not unchanged)
