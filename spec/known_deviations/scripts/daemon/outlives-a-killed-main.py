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
    os.write(1, f"{name} {os.getpid()}\n".encode())
    if signal.sigtimedwait([signal.SIGUSR1], 30):
        os.write(1, f"{name} done\n".encode())


if __name__ == "__main__" and sys.argv[1:]:
    daemon = mp.Process(target=work, args=("daemon",))
    daemon.daemon = True
    daemon.start()
    mp.Process(target=work, args=("ordinary",)).start()
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = dict(main.stdout.readline().split() for _ in range(2))
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    main.kill()
    main.wait()
    time.sleep(1)
    for pid in daemon, ordinary:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGUSR1)
    seen = sorted(main.stdout.read().splitlines())
    print(f"who did the work after main was killed: expected the daemon and the ordinary child, seen {seen}")
    sys.exit(seen != ["daemon done", "ordinary done"])
