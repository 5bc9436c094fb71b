import multiprocessing
import os
import signal

mp = multiprocessing


def wait(condition, begun):
    with condition:
        begun.release()
        condition.wait()


def notify_all(condition):
    with condition:
        condition.notify_all()


if __name__ == "__main__":
    condition, begun = mp.Condition(), mp.Semaphore(0)
    waiter = mp.Process(target=wait, args=(condition, begun))
    waiter.start()
    begun.acquire()
    with condition:  # the waiter has given the lock up, so it waits
        os.kill(waiter.pid, signal.SIGKILL)
    waiter.join()
    notifier = mp.Process(target=notify_all, args=(condition,))
    notifier.start()
    notifier.join(3)
    returned = notifier.exitcode is not None
    print(f"whether notify_all() returns after a waiter was killed: expected True, seen {returned}", flush=True)
    if not returned:
        os.kill(notifier.pid, signal.SIGKILL)
    os._exit(not returned)
