import faulthandler
import multiprocessing
import os
import select
import signal
import subprocess
import sys

mp = multiprocessing


def watch():
    starter = mp.parent_process()
    print("daemon", flush=True)
    select.select([starter.sentinel], [], [], 10)
    print("alive" if starter.is_alive() else "dead", flush=True)


def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    print(os.getpid(), flush=True)
    signal.sigtimedwait([signal.SIGUSR1], 30)


def program():
    daemon = mp.Process(target=watch)
    daemon.daemon = True
    daemon.start()
    sys.stdin.readline()
    mp.Process(target=work).start()
    sys.stdin.read()


def running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def check():
    faulthandler.dump_traceback_later(45, exit=True)
    main = subprocess.Popen([sys.executable, __file__, "program"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    main.stdout.readline()
    main.stdin.write(b"\n")
    main.stdin.flush()
    sibling = int(main.stdout.readline())
    main.kill()
    main.wait()
    seen = main.stdout.readline().decode().strip()
    runs = running(sibling)
    if runs:
        os.kill(sibling, signal.SIGUSR1)
    print(f"what main is to its daemon after it was killed: expected 'dead', seen {seen!r}")
    print(f"the sibling runs: expected True, seen {runs}")
    sys.exit(seen != "dead" or not runs)


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
