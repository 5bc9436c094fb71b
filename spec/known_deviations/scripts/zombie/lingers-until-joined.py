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


def state_after_exit(pid):
    any(state(pid) in ("Z", "gone") or time.sleep(0.01) for _ in range(1000))
    return state(pid)


def work():
    time.sleep(0.3)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=work)
    child.start()
    before = state_after_exit(child.pid)
    child.join()
    after = state(child.pid)
    print(f"the child that has exited, before it is joined: expected Z (zombie), seen {before}")
    print(f"the joined child: expected gone, seen {after}")
    sys.exit((before, after) != ("Z", "gone"))
