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
    faulthandler.dump_traceback_later(45, exit=True)
    child = mp.Process(target=work)
    child.start()
    before = [active.pid for active in mp.active_children()]
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    after = mp.active_children()
    print(f"active children while it runs: expected {[child.pid]}, seen {before}")
    print(f"active children when it was joined: expected [], seen {after}")
    sys.exit(before != [child.pid] or after != [])
