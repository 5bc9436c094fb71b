import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys

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
    processes = len({main.pid, daemon, ordinary})
    os.kill(daemon, signal.SIGUSR1)
    seen = main.stdout.readline().strip()
    os.kill(ordinary, signal.SIGUSR1)
    main.stdin.close()
    status = main.wait()
    print(f"what the daemon does while main runs: expected 'daemon done', seen {seen!r}")
    print(f"processes: expected 3, seen {processes}; exit status of the program: expected 0, seen {status}")
    sys.exit((seen, processes, status) != ("daemon done", 3, 0))
