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
    child = mp.Process(target=work, args=("child",))
    child.start()
    try:
        child.daemon = True
        os.write(1, b"main nothing\n")
    except Exception as error:
        os.write(1, f"main {error!r}\n".encode())
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    told = dict(main.stdout.readline().strip().split(maxsplit=1) for _ in range(2))
    child = int(told["child"])
    main.stdin.close()
    time.sleep(1)
    stays = main.poll() is None and os.path.exists(f"/proc/{child}/exe")
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGUSR1)
    status = main.wait()
    expected = repr(AssertionError("process has already started"))
    print(f"what is raised: expected {expected}, seen {told['main']}")
    print(f"the child stays an ordinary one: expected True, seen {stays}; exit status: {status}")
    sys.exit(told["main"] != expected or not stays or status != 0)
