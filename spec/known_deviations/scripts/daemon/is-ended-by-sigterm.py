import ctypes
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def handle(number, _):
    os.write(1, f"{number}\n".encode())
    signal.sigtimedwait([signal.SIGUSR1], 30)
    sys.exit()


def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.signal(signal.SIGTERM, handle)
    print(os.getpid(), flush=True)
    time.sleep(10)


if __name__ == "__main__" and sys.argv[1:]:
    daemon = mp.Process(target=work)
    daemon.daemon = True
    daemon.start()
    sys.stdin.read()
elif __name__ == "__main__":
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: a zombie that is left can be seen
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    daemon = int(main.stdout.readline())
    main.stdin.close()
    seen = main.stdout.readline().strip()
    time.sleep(1)
    waits = main.poll() is None
    os.kill(daemon, signal.SIGUSR1)
    status = main.wait()
    left = os.path.exists(f"/proc/{daemon}")
    print(f"the signal at main's end: expected 15, seen {seen}; main waits: {waits}; leaves the daemon: {left}")
    sys.exit(seen != "15" or not waits or left or status != 0)
