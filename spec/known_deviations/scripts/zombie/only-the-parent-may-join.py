import faulthandler
import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work():
    time.sleep(30)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    stranger = os.fork()
    if stranger == 0:
        faulthandler.dump_traceback_later(20, exit=True)
        try:
            child.join()
            seen = "nothing"
        except Exception as error:
            seen = repr(error)
        expected = repr(AssertionError("can only join a child process"))
        print(f"what is raised when another process joins the child: expected {expected}, seen {seen}", flush=True)
        os._exit(seen != expected)
    wrong = os.waitpid(stranger, 0)[1]
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    sys.exit(wrong != 0)
