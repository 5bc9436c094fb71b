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


def start():
    child = mp.Process(target=work)
    child.start()
    return child


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    children = [start(), start()]
    pids = [child.pid for child in children]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    before = [state_after_exit(pid) for pid in pids]
    try:
        children.append(start())
        refusal = None
    except Exception as error:
        refusal = error
    after = [state(pid) for pid in pids]
    codes = [child.exitcode for child in children[:2]]
    for child in children[2:]:
        os.kill(child.pid, signal.SIGKILL)
    for child in children:
        child.join()
    print(f"two children that have exited: expected ['Z', 'Z'] (zombies), seen {before}")
    print(f"what the start of another raised: expected None, seen {refusal!r}")
    print(f"the two then: expected ['gone', 'gone'], seen {after}")
    print(f"their exit codes: expected [-9, -9], seen {codes}")
    sys.exit((before, refusal, after, codes) != (["Z", "Z"], None, ["gone", "gone"], [-9, -9]))
