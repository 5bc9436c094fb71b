import ctypes
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


def work():
    time.sleep(30)


if __name__ == "__main__" and sys.argv[1:]:
    children = [mp.Process(target=work) for _ in range(2)]
    for child in children:
        child.start()
    print(*[child.pid for child in children], flush=True)
    time.sleep(30)
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: adopt orphans
    main = subprocess.Popen([sys.executable, __file__, "program"], stdout=subprocess.PIPE)
    pids = [int(pid) for pid in main.stdout.readline().split()]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    time.sleep(1)
    before = [parent(pid) for pid in pids]
    main.kill()
    main.wait()
    after = [parent(pid) for pid in pids]
    reaped = [os.waitpid(pid, 0)[0] for pid in pids]
    print(f"parents of two zombies: expected {[main.pid] * 2}, seen {before}")
    print(f"after their parent was killed: expected {[os.getpid()] * 2}, seen {after}; reaped: {reaped}")
    sys.exit((before, after, reaped) != ([main.pid] * 2, [os.getpid()] * 2, pids))
