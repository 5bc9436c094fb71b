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


if __name__ == "__main__" and sys.argv[1:]:
    mp.Process(target=work, args=("daemon",), daemon=True).start()
    mp.Process(target=work, args=("ordinary",), daemon=False).start()
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = dict(main.stdout.readline().split() for _ in range(2))
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    main.stdin.close()
    ended = has_ended(daemon)
    time.sleep(1)
    waits = os.path.exists(f"/proc/{ordinary}/exe")
    os.kill(ordinary, signal.SIGUSR1)
    status = main.wait()
    print(f"the child with daemon=True has ended with main: expected True, seen {ended}")
    print(f"the child with daemon=False runs on: expected True, seen {waits}; exit status: {status}")
    sys.exit(not (ended and waits and status == 0))
