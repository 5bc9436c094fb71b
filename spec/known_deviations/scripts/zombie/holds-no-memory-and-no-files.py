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


def usage(pid):
    with open(f"/proc/{pid}/status") as status:
        return [line.split()[1] for line in status if line.startswith(("VmRSS:", "FDSize:"))]


def work():
    time.sleep(30)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=work)
    child.start()
    before = usage(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    seen = state_after_exit(child.pid), usage(child.pid)
    child.join()
    print(f"room for open files, and kB of memory, of the child at work: {before}")
    print(f"the child that has exited: expected {('Z', ['0'])} (a zombie, with room for none), seen {seen}")
    sys.exit(seen != ("Z", ["0"]) or len(before) != 2 or "0" in before)
