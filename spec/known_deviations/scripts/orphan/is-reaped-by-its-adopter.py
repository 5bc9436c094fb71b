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
    sys.exit(7)


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
    main.stdin.close()
    main.wait()
    time.sleep(1)
    os.kill(child, signal.SIGUSR1)
    seen = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT).si_status
    zombie = os.path.exists(f"/proc/{child}")
    os.waitpid(child, 0)
    left = os.path.exists(f"/proc/{child}")
    print(f"exit status of the orphan, to who has adopted it: expected 7, seen {seen}")
    print(f"it is in the process table before and after it is reaped: expected True, False; seen {zombie}, {left}")
    sys.exit((seen, zombie, left) != (7, True, False))
