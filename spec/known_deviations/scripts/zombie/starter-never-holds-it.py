import faulthandler
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def is_gone(pid):
    return any(not os.path.exists(f"/proc/{pid}") or time.sleep(0.01) for _ in range(1000))


def work():
    time.sleep(30)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=work)
    child.start()
    with open(f"/proc/{child.pid}/stat") as stat:
        parent = int(stat.read().rpartition(")")[2].split()[1])
    os.kill(child.pid, signal.SIGKILL)
    gone = is_gone(child.pid)
    child.join()
    print(f"parent of the child: expected another than its starter, {os.getpid()}, seen {parent}")
    print(f"the child that has exited is gone, without a join: expected True, seen {gone}")
    sys.exit(parent == os.getpid() or not gone)
