import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing


def work(go_on):
    go_on.recv()
    sys.exit(3)


def leave():
    sys.exit(7)


def give_up():
    time.sleep(20)
    print("hangs: a start or a join, while another thread joins", flush=True)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    joiner = threading.Thread(target=child.join)
    joiner.start()
    time.sleep(0.5)
    other = mp.Process(target=leave)
    other.start()
    other.join()
    waits = joiner.is_alive()
    mine.send("go on")
    joiner.join()
    seen = [other.exitcode, waits, child.exitcode]
    print(f"a child that was started and joined while another thread joins: expected [7, True, 3], seen {seen}")
    sys.exit(seen != [7, True, 3])
