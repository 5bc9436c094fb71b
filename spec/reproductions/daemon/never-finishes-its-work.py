import contextlib
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def has_ended(pid):
    for _ in range(1000):
        if not running(pid):
            return True
        time.sleep(0.01)
    return False


def work(name):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    print(name, os.getpid(), flush=True)
    if signal.sigtimedwait([signal.SIGUSR1], 30):
        print(name, "done", flush=True)


def program():
    daemon = mp.Process(target=work, args=("daemon",))
    daemon.daemon = True
    daemon.start()
    mp.Process(target=work, args=("ordinary",)).start()
    sys.stdin.read()


def check():
    faulthandler.dump_traceback_later(45, exit=True)
    main = subprocess.Popen([sys.executable, __file__, "program"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pids = dict(main.stdout.readline().decode().split() for _ in range(2))
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    main.stdin.close()
    ended = has_ended(daemon)
    with contextlib.suppress(ProcessLookupError):
        os.kill(daemon, signal.SIGUSR1)
    os.kill(ordinary, signal.SIGUSR1)
    seen = main.stdout.read().decode().splitlines()
    print(f"the daemon has ended after main's code: expected True, seen {ended}")
    print(f"who did the work that was left: expected ['ordinary done'], seen {seen}")
    sys.exit(not ended or seen != ["ordinary done"])


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
