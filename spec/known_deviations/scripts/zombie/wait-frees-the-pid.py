import faulthandler
import multiprocessing
import os
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


def leave():
    time.sleep(0.3)
    sys.exit(7)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=leave)
    child.start()
    state_after_exit(child.pid)
    seen = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
    left = os.path.exists(f"/proc/{child.pid}")
    print(f"exit status that waitpid fetches, of a child that left by sys.exit(7): expected 7, seen {seen}")
    print(f"whether it is left in the process table: expected False, seen {left}")
    sys.exit(seen != 7 or left)
