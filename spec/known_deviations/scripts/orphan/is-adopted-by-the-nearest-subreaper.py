import ctypes
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def work():
    os.write(1, f"{os.getpid()} {os.getppid()}\n".encode())
    time.sleep(30)


def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


if __name__ == "__main__" and "parent" in sys.argv:
    mp.Process(target=work).start()
    sys.stdin.read()
    os._exit(0)
elif __name__ == "__main__" and "grandparent" in sys.argv:
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: adopt orphans
    subprocess.Popen([sys.executable, __file__, "parent"])
    time.sleep(30)
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: adopt orphans
    command = [sys.executable, __file__, "grandparent"]
    top = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child, main = map(int, top.stdout.readline().split())
    between = parent(main)
    top.stdin.close()
    any(parent(child) != main or time.sleep(0.01) for _ in range(1000))
    seen = [parent(child)]
    top.kill()
    top.wait()
    seen.append(parent(child))
    expected = [top.pid, os.getpid()]
    print(f"parents of the orphan, whose grandparent adopts, and is killed then: expected {expected}, seen {seen}")
    os.kill(child, signal.SIGKILL)
    sys.exit(between != top.pid or seen != expected)
