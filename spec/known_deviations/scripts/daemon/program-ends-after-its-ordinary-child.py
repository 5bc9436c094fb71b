import ctypes
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
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: a zombie that is left can be seen
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = dict(main.stdout.readline().split() for _ in range(2))
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    os.kill(daemon, signal.SIGUSR1)
    main.stdout.readline()
    main.stdin.close()
    time.sleep(1)
    waits = main.poll() is None
    os.kill(ordinary, signal.SIGUSR1)
    status = main.wait()
    left = os.path.exists(f"/proc/{ordinary}")
    done = "ordinary done" in main.stdout.read()
    print(f"the program waits for its ordinary child: expected True, seen {waits}; its exit status: {status}")
    print(f"the child has done its work: expected True, seen {done}; is left unjoined: expected False, seen {left}")
    sys.exit(not (waits and status == 0 and done and not left))
