import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work():
    memory = os.memfd_create("memory")
    os.posix_fallocate(memory, 0, 2**26)
    os.dup2(memory, 0)  # what the kernel releases last at the exit, and takes a while to
    os.close(memory)
    time.sleep(0.5)
    sys.exit(7)


def give_up(*_):
    print("join(60) of a child that has exited: expected to return, still waits after 30 s", flush=True)
    os._exit(1)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(30)
    child.join(60)
    signal.alarm(0)
    there = os.path.exists(f"/proc/{child.pid}")
    seen = child.exitcode
    child.join()
    print(f"whether the child is in the process table after join(60): expected False, seen {there}")
    print(f"its exit code: expected 7, seen {seen}")
    sys.exit(there or seen != 7)
