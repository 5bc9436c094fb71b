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


def leave():
    time.sleep(0.3)
    sys.exit(7)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    child = mp.Process(target=leave)
    child.start()
    seen = state_after_exit(child.pid)
    try:
        status = f"status {os.waitpid(child.pid, 0)[1]}"
    except ChildProcessError:
        status = "none"
    print(f"a child that has exited while SIGCHLD is ignored: expected gone, seen {seen} (Z is a zombie)")
    print(f"its exit status: expected none, seen {status}")
    sys.exit((seen, status) != ("gone", "none"))
