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
    other = os.fork()  # not by the API
    if other == 0:
        os._exit(3)
    faulthandler.dump_traceback_later(45, exit=True)
    children = [mp.Process(target=work) for _ in range(2)]
    for child in children:
        child.start()
    pids = [child.pid for child in children]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in [other, *pids]:
        state_after_exit(pid)
    active = mp.active_children()
    seen = [state(pid) for pid in [other, *pids]]
    codes = [child.exitcode for child in children]
    for child in children:
        child.join()
    print(f"active children when both have exited: expected [], seen {active}")
    print(f"a forked process and the two then: expected ['Z', 'gone', 'gone'], seen {seen} (Z is a zombie)")
    print(f"the exit codes of the two: expected [-9, -9], seen {codes}")
    sys.exit((active, seen, codes) != ([], ["Z", "gone", "gone"], [-9, -9]))
