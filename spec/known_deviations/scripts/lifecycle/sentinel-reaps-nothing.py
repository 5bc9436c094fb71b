import multiprocessing
import os
import select
import sys
import time

mp = multiprocessing


def work():
    time.sleep(0.3)
    sys.exit(7)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    ready = bool(select.select([child.sentinel], [], [], 30)[0])
    time.sleep(0.3)
    try:
        seen = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT).si_status
    except ChildProcessError:
        seen = "no such child: it was reaped"
    child.join()
    print(f"whether the sentinel is ready at the end of the child: expected True, seen {ready}")
    print(f"exit status of the zombie: expected 7, seen {seen}")
    print(f"exit code after the join: expected 7, seen {child.exitcode}")
    sys.exit(not ready or seen != 7 or child.exitcode != 7)
