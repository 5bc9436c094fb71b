import multiprocessing
import sys
import time

mp = multiprocessing


def work(go_on):
    go_on.recv()


def leave():
    pass


if __name__ == "__main__":
    go_on, mine = mp.Pipe(duplex=False)
    daemon = mp.Process(target=work, args=(go_on,))
    daemon.daemon = True
    daemon.start()
    sibling = mp.Process(target=leave)
    sibling.start()
    sibling.join()
    time.sleep(0.5)
    seen = daemon.is_alive()
    print(f"whether a daemon is alive when a child that was started later has ended: expected True, seen {seen}")
    sys.exit(not seen)
