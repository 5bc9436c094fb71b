import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
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


if __name__ == "__main__" and sys.argv[1:]:
    daemon = mp.Process(target=work, args=("daemon",))
    daemon.daemon = True
    daemon.start()
    mp.Process(target=work, args=("ordinary",)).start()
    threading.Thread(target=sys.stdin.read).start()
    os.write(1, b"main ends\n")
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    lines = [main.stdout.readline().split() for _ in range(3)]
    pids = dict(line for line in lines if line[0] != "main")
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    time.sleep(1)
    lives = os.path.exists(f"/proc/{daemon}/exe")
    main.stdin.close()
    ended = has_ended(daemon)
    os.kill(ordinary, signal.SIGUSR1)
    status = main.wait()
    print(f"the daemon runs while a thread of main does: expected True, seen {lives}")
    print(f"it has ended after the thread: expected True, seen {ended}; the program's exit status: {status}")
    sys.exit(not (lives and ended and status == 0))
