import faulthandler
import multiprocessing
import os
import sys
import time

mp = multiprocessing


def ticks(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))


def work():
    while time.process_time() < 0.2:
        pass
    sys.exit(7)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=work)
    child.start()
    status = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT).si_status
    seconds = ticks(child.pid) / os.sysconf("SC_CLK_TCK")
    child.join()
    print(f"exit status of a zombie that left by sys.exit(7): expected 7, seen {status}")
    print(f"CPU time of a zombie that has used 0.2 s: expected at least 0.1 s, seen {seconds}")
    sys.exit(status != 7 or seconds < 0.1)
