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
    state_after_exit(child.pid)
    alive = child.is_alive()
    seen = state(child.pid)
    child.join()
    print(f"whether the child that has exited is alive: expected False, seen {alive}")
    print(f"the child that was asked for: expected gone, seen {seen} (Z is a zombie)")
    sys.exit(alive or seen != "gone")
