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
    time.sleep(0.3)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=work)
    child.start()
    state_after_exit(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    time.sleep(0.3)
    seen = state(child.pid)
    end = os.waitid(os.P_PID, child.pid, os.WEXITED)
    print(f"the child that was sent SIGKILL when it had exited: expected Z (zombie), seen {seen}")
    print(f"its exit status: expected 0, seen {end.si_status}")
    sys.exit((seen, end.si_code, end.si_status) != ("Z", os.CLD_EXITED, 0))
