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
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.write(1, f"{os.getpid()}\n".encode())
    signal.sigtimedwait([signal.SIGUSR1], 30)


def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


if __name__ == "__main__" and sys.argv[1:]:
    mp.Process(target=work).start()
    sys.stdin.read()
    os._exit(0)
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: adopt orphans
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child = int(main.stdout.readline())
    helper = parent(child)
    before = parent(helper)
    main.stdin.close()
    main.wait()
    time.sleep(1)
    seen = parent(child)
    adopter = parent(helper)
    os.kill(child, signal.SIGUSR1)
    print(f"parent of the helper before and after: expected {main.pid}, {os.getpid()}; seen {before}, {adopter}")
    print(f"parent of the child before: {helper}; after the program has left: {seen}")
    sys.exit(helper == main.pid or (before, seen, adopter) != (main.pid, helper, os.getpid()))
