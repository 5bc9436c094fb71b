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
    seen = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
    left = os.path.exists(f"/proc/{child.pid}")
    print(f"exit status that waitpid fetches, of a child that left by sys.exit(7): expected 7, seen {seen}")
    print(f"whether it is left in the process table: expected False, seen {left}")
    sys.exit(seen != 7 or left)
