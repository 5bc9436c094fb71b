import atexit
import fcntl
import multiprocessing
import os
import signal
import struct
import sys
import termios

mp = multiprocessing


def producer(queue):
    queue.put("x" * 1000)


def pipes():
    links = {file: f"/proc/self/fd/{file}" for file in os.listdir("/proc/self/fd")}
    names = {os.readlink(link): int(file) for file, link in links.items() if os.path.exists(link)}
    return {name: file for name, file in names.items() if name.startswith("pipe:")}


def bytes_in(files):
    waiting = (fcntl.ioctl(file, termios.FIONREAD, bytes(4)) for file in files)
    return sum(struct.unpack("i", count)[0] for count in waiting)


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put(), join() and get(): expected to return, it hangs"))
    signal.alarm(20)
    kept = mp.Queue()  # the first one may open more, which serves them all
    before = pipes()
    queue = mp.Queue()
    opened = [file for name, file in pipes().items() if name not in before]
    waiting = [bytes_in(opened)]
    process = mp.Process(target=producer, args=(queue,), daemon=True)
    process.start()
    process.join()  # the item is in the pipe
    waiting.append(bytes_in(opened))
    print(f"bytes in the pipes that a queue has opened: expected 0, seen {waiting[0]}")
    print(f"after a put of 1000 characters: expected at least 1000, seen {waiting[1]}", flush=True)
    queue.get()
    waiting.append(bytes_in(opened))
    print(f"after the get: expected 0, seen {waiting[2]}")
    sys.exit(waiting[0] != 0 or waiting[1] < 1000 or waiting[2] != 0)
