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


def work(name):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    print(name, os.getpid(), flush=True)
    if signal.sigtimedwait([signal.SIGUSR1], 30):
        print(name, "done", flush=True)


def program():
    child = mp.Process(target=work, args=("child",))
    child.start()
    try:
        child.daemon = True
        print("main nothing", flush=True)
    except Exception as error:
        print("main", repr(error), flush=True)
    sys.stdin.read()


def check():
    faulthandler.dump_traceback_later(45, exit=True)
    main = subprocess.Popen([sys.executable, __file__, "program"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    told = dict(main.stdout.readline().decode().strip().split(maxsplit=1) for _ in range(2))
    child = int(told["child"])
    main.stdin.close()
    time.sleep(0.5)
    stays = main.poll() is None and running(child)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGUSR1)
    status = main.wait()
    expected = repr(AssertionError("process has already started"))
    print(f"what is raised: expected {expected}, seen {told['main']}")
    print(f"the child stays an ordinary one: expected True, seen {stays}; exit status: {status}")
    sys.exit(told["main"] != expected or not stays or status != 0)


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
