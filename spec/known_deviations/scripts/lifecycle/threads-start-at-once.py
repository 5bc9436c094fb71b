import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing
pickling, go_on = threading.Event(), threading.Event()


class HeldUp:
    """Is pickled only once another start has come to its end."""

    def __reduce__(self):
        pickling.set()
        go_on.wait()
        return str, ("pickled",)


def work(_given, lock):
    sys.exit(int(lock.acquire(False)))


def leave():
    sys.exit(7)


def give_up():
    time.sleep(20)
    print("hangs: a start, while that of another thread pickles something", flush=True)
    os._exit(1)


def start(process, failures):
    try:
        process.start()
    except Exception as error:
        failures.append(error)


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    lock, failures = mp.Lock(), []
    lock.acquire()
    slow, other = mp.Process(target=work, args=(HeldUp(), lock)), mp.Process(target=leave)
    thread = threading.Thread(target=start, args=(slow, failures))
    thread.start()
    pickling.wait(10)
    other.start()
    other.join()
    go_on.set()
    thread.join()
    print(f"how a start has failed while another thread started a child: expected [], seen {failures}")
    if not failures:
        slow.join()
    print(f"exit codes of both children: expected 0 and 7, seen {slow.exitcode} and {other.exitcode}")
    sys.exit((slow.exitcode, other.exitcode) != (0, 7))
