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
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.write(1, f"{os.getpid()}\n".encode())
    signal.sigtimedwait([signal.SIGUSR1], 30)


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
    main.stdin.close()
    main.wait()
    time.sleep(1)
    runs = [os.path.exists(f"/proc/{pid}/exe") for pid in (helper, child)]  # a zombie has none
    os.kill(child, signal.SIGUSR1)
    exe = f"/proc/{helper}/exe"
    ended = any(not os.path.exists(exe) or time.sleep(0.01) for _ in range(1000))
    print(f"helper and orphan run on: expected [True, True], seen {runs}; the helper ends after the orphan: {ended}")
    sys.exit(runs != [True, True] or not ended)
