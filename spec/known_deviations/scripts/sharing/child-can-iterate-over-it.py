import multiprocessing
import sys

mp = multiprocessing


def iterate(shared, connection):
    try:
        connection.send(sorted(key for key in shared))
    except Exception as error:
        connection.send(repr(error))


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    with mp.Manager() as manager:
        child = mp.Process(target=iterate, args=(manager.dict(a=1, b=2), theirs))
        child.start()
        seen = ours.recv()
        child.join()
    print(f"the keys that a child finds: expected ['a', 'b'], seen {seen}")
    sys.exit(seen != ["a", "b"])
