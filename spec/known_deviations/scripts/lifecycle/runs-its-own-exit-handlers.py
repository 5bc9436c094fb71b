import atexit
import multiprocessing
import sys

mp = multiprocessing


def register(connection):
    atexit.register(connection.send, "the handler ran")


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    child = mp.Process(target=register, args=(theirs,))
    child.start()
    child.join()
    seen = ours.poll(0)
    print(f"whether the exit handler of a child ran: expected True, seen {seen}")
    sys.exit(not seen)
