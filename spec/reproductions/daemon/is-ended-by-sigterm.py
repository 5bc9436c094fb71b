import ctypes
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def handle(number, frame):
    print("daemon got", number, flush=True)
    signal.sigtimedwait([signal.SIGUSR1], 30)
    sys.exit()


def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.signal(signal.SIGTERM, handle)
    print(os.getpid(), flush=True)
    time.sleep(10)


def program():
    daemon = mp.Process(target=work)
    daemon.daemon = True
    daemon.start()
    sys.stdin.read()


def check():
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: a zombie that is left can be seen
    faulthandler.dump_traceback_later(45, exit=True)
    main = subprocess.Popen([sys.executable, __file__, "program"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    daemon = int(main.stdout.readline())
    main.stdin.close()
    seen = main.stdout.readline().decode().strip()
    time.sleep(0.3)
    waits = main.poll() is None
    os.kill(daemon, signal.SIGUSR1)
    status = main.wait()
    left = os.path.exists(f"/proc/{daemon}")
    print(f"when main's code has ended: expected 'daemon got {int(signal.SIGTERM)}', seen {seen!r}")
    print(f"main waits for the daemon: expected True, seen {waits}; leaves it: expected False, seen {left}")
    sys.exit(seen != f"daemon got {int(signal.SIGTERM)}" or not waits or left or status != 0)


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
