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
    children = [mp.Process(target=work) for _ in range(5)]
    for child in children:
        child.start()
    pids = {child.pid for child in children}
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    seen = [state_after_exit(pid) for pid in pids]
    for child in children:
        child.join()
    print(f"children that have exited and were not joined: expected {['Z'] * 5} (zombies), seen {seen}")
    sys.exit(seen != ["Z"] * 5)
