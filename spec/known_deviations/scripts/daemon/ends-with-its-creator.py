import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def has_ended(pid):
    exe = f"/proc/{pid}/exe"  # a zombie has none
    return any(not os.path.exists(exe) or time.sleep(0.01) for _ in range(1000))


def work(name):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.write(1, f"{name} {os.getpid()}\n".encode())
    if signal.sigtimedwait([signal.SIGUSR1], 30):
        os.write(1, f"{name} done\n".encode())


def create():
    daemon = mp.Process(target=work, args=("daemon",))
    daemon.daemon = True
    daemon.start()
    work("creator")


if __name__ == "__main__" and sys.argv[1:]:
    mp.Process(target=create).start()
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = dict(main.stdout.readline().split() for _ in range(2))
    daemon, creator = int(pids["daemon"]), int(pids["creator"])
    os.kill(creator, signal.SIGUSR1)
    ended = has_ended(daemon)
    main.stdin.close()
    main.wait()
    print(f"the daemon, process {daemon}, has ended with its starter, {creator}: expected True, seen {ended}")
    sys.exit(not ended or len({main.pid, daemon, creator}) != 3)
