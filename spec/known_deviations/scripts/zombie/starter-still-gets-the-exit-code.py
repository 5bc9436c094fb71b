import faulthandler
import multiprocessing
import os
import sys
import time

mp = multiprocessing


def is_gone(pid):
    return any(not os.path.exists(f"/proc/{pid}") or time.sleep(0.01) for _ in range(1000))


def leave():
    time.sleep(0.3)
    sys.exit(7)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=leave)
    child.start()
    gone = is_gone(child.pid)
    child.join()
    seen = child.exitcode
    print(f"the child that left by sys.exit(7) is gone, without a join: expected True, seen {gone}")
    print(f"its exit code, to the starter: expected 7, seen {seen}")
    sys.exit(not gone or seen != 7)
