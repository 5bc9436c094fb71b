import contextlib
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def work():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.write(1, f"{os.getpid()}\n".encode())
    if signal.sigtimedwait([signal.SIGUSR1], 30):
        os.write(1, b"done\n")


if __name__ == "__main__" and sys.argv[1:]:
    mp.Process(target=work).start()
    sys.stdin.read()
    os._exit(0)
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child = int(main.stdout.readline())
    main.kill()
    main.wait()
    time.sleep(1)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGUSR1)
    seen = main.stdout.read().strip()
    print(f"what the child does after its parent was killed: expected 'done', seen {seen!r}")
    sys.exit(seen != "done")
