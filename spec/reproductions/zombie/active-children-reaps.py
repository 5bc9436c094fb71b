import faulthandler
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]
    except OSError:
        return "gone"


def state_after_exit(pid):
    any(state(pid) in ("Z", "gone") or time.sleep(0.01) for _ in range(1000))
    return state(pid)


def work():
    time.sleep(30)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    children = [mp.Process(target=work) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
    for child in children:
        state_after_exit(child.pid)
    active = mp.active_children()
    seen = [state(child.pid) for child in children]
    for child in children:
        child.join()
    print(f"active children when both have exited: expected [], seen {active}")
    print(f"the two then: expected ['gone', 'gone'], seen {seen} (Z is a zombie)")
    sys.exit(active != [] or seen != ["gone", "gone"])
