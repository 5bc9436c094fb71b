import faulthandler
import multiprocessing
import sys
import time

mp = multiprocessing


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def work():
    time.sleep(0.3)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    children = [mp.Process(target=work) for _ in range(5)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    seen = [state(child.pid) for child in children]
    print(f"the joined children: expected {['gone'] * 5}, seen {seen}")
    sys.exit(seen != ["gone"] * 5)
