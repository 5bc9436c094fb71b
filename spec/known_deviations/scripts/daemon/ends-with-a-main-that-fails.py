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
    daemon = mp.Process(target=work, args=("daemon",))
    daemon.daemon = True
    daemon.start()
    mp.Process(target=work, args=("ordinary",)).start()
    sys.stdin.read()
    raise RuntimeError("main fails")
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = dict(main.stdout.readline().split() for _ in range(2))
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    main.stdin.close()
    ended = has_ended(daemon)
    time.sleep(1)
    waits = main.poll() is None
    os.kill(ordinary, signal.SIGUSR1)
    status = main.wait()
    print(f"the daemon has ended with the main that failed: expected True, seen {ended}")
    print(f"main waits for its ordinary child: expected True, seen {waits}; exit status: expected 1, seen {status}")
    sys.exit(not (ended and waits and status == 1))
