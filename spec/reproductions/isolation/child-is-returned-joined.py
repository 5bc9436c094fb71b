import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def leave():
    sys.exit(7)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=leave)
    child.start()
    pid = child.pid
    child.join()
    left = os.path.exists(f"/proc/{pid}")
    print(f"exit code of a joined child that left with 7: expected 7, seen {child.exitcode}")
    print(f"it is in the process table still: expected False, seen {left}")
    sys.exit(child.exitcode != 7 or left)
