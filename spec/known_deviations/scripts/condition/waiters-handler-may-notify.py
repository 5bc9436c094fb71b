import multiprocessing
import os
import signal
import threading

mp = multiprocessing


def notify(condition):
    with condition:
        condition.notify()


if __name__ == "__main__":
    condition = mp.Condition()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: notify(condition))

    def give_up():
        print("whether wait() returns once its handler has notified: expected True, seen False", flush=True)
        os._exit(1)

    threading.Timer(3, give_up).start()
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    with condition:
        condition.wait()
    print("whether wait() returns once its handler has notified: expected True, seen True", flush=True)
    os._exit(0)
