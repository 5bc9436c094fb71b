import multiprocessing
import os
import sys

mp = multiprocessing


def make(writer):
    flags = mp.Process().daemon, mp.Process(daemon=False).daemon, mp.Process(daemon=True).daemon
    writer.send((os.getpid(), *flags))


if __name__ == "__main__":
    reader, writer = mp.Pipe(duplex=False)
    wrong = False
    for daemon in True, False:
        child = mp.Process(target=make, args=(writer,))
        child.daemon = daemon
        child.start()
        pid, *seen = reader.recv() if reader.poll(10) else [None]
        child.join()
        who = "a daemon" if daemon else "an ordinary child"
        print(
            f"flags of what {who} makes, with no flag, False and True: expected {[daemon, False, True]}, seen {seen}"
        )
        wrong |= seen != [daemon, False, True] or pid == os.getpid()
    sys.exit(wrong)
