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
    os.write(1, f"{os.getpid()} {os.getppid()}\n".encode())
    if signal.sigtimedwait([signal.SIGUSR1], 30):
        os.write(1, f"{os.getppid()}\n".encode())


if __name__ == "__main__" and sys.argv[1:]:
    mp.Process(target=work).start()
    sys.stdin.read()
    os._exit(0)
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: adopt orphans
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child, before = map(int, main.stdout.readline().split())
    main.stdin.close()
    main.wait()
    time.sleep(1)
    os.kill(child, signal.SIGUSR1)
    after = main.stdout.read().strip()
    print(f"os.getppid() of the child before: expected {main.pid}, seen {before}")
    print(f"os.getppid() of the orphan: expected {os.getpid()}, seen {after or 'nothing'}")
    sys.exit((before, after) != (main.pid, str(os.getpid())))
