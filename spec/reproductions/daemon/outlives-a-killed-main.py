import contextlib
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


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
    main.kill()
    main.wait()
    time.sleep(0.5)
    for pid in daemon, ordinary:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGUSR1)
    seen = sorted(main.stdout.read().decode().splitlines())
    print(f"who did the work after main was killed: expected the daemon and the ordinary child, seen {seen}")
    sys.exit(seen != ["daemon done", "ordinary done"])


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
