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
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: a zombie that is left can be seen
    faulthandler.dump_traceback_later(45, exit=True)
    main = subprocess.Popen([sys.executable, __file__, "program"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pids = dict(main.stdout.readline().decode().split() for _ in range(2))
    daemon, ordinary = int(pids["daemon"]), int(pids["ordinary"])
    os.kill(daemon, signal.SIGUSR1)
    main.stdout.readline()
    main.stdin.close()
    time.sleep(0.3)
    waits = main.poll() is None
    os.kill(ordinary, signal.SIGUSR1)
    status = main.wait()
    left = os.path.exists(f"/proc/{ordinary}")
    done = b"ordinary done" in main.stdout.read()
    print(f"the program waits for its ordinary child: expected True, seen {waits}; its exit status: {status}")
    print(f"the child has done its work: expected True, seen {done}; is left unjoined: expected False, seen {left}")
    sys.exit(not (waits and status == 0 and done and not left))


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
