import multiprocessing
import os
import signal
import time

mp = multiprocessing


def wait(event, begun):
    begun.send(None)
    event.wait()


if __name__ == "__main__":
    event = mp.Event()
    here, there = mp.Pipe()
    waiter = mp.Process(target=wait, args=(event, there))
    waiter.start()
    here.recv()
    time.sleep(1)
    os.kill(waiter.pid, signal.SIGKILL)
    waiter.join()
    setter = mp.Process(target=event.set)
    setter.start()
    setter.join(3)
    returned = setter.exitcode is not None
    print(f"whether set() returns after a waiter was killed: expected True, seen {returned}", flush=True)
    if not returned:
        os.kill(setter.pid, signal.SIGKILL)
    os._exit(not returned)
