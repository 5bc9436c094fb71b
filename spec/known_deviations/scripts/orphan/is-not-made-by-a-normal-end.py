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
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    child = int(main.stdout.readline())
    main.stdin.close()
    time.sleep(1)
    waits = main.poll() is None and os.path.exists(f"/proc/{child}/exe")  # a zombie has none
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGUSR1)
    seen = main.stdout.readline().strip()
    status = main.wait()
    print(f"the parent that has come to its end waits for its running child: expected True, seen {waits}")
    print(f"what the child does: expected 'done', seen {seen!r}; exit status of the parent: {status}")
    sys.exit((waits, seen, status) != (True, "done", 0))
