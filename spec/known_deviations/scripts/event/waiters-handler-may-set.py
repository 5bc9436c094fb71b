import multiprocessing
import os
import signal
import threading

mp = multiprocessing

if __name__ == "__main__":
    event = mp.Event()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: event.set())

    def give_up():
        print("whether wait() returns once its handler has set the event: expected True, seen False", flush=True)
        os._exit(1)

    threading.Timer(3, give_up).start()
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    event.wait()
    print("whether wait() returns once its handler has set the event: expected True, seen True", flush=True)
    os._exit(0)
