import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing


def work(go_on):
    go_on.recv()
    sys.exit(7)


def give_up():
    time.sleep(20)
    print("hangs: two joins of one child", flush=True)
    os._exit(1)


def join(child, returned):
    child.join()
    returned.append(os.path.exists(f"/proc/{child.pid}"))


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    returned = []
    joiners = [threading.Thread(target=join, args=(child, returned)) for _ in range(2)]
    for joiner in joiners:
        joiner.start()
    time.sleep(0.5)
    mine.send("go on")
    for joiner in joiners:
        joiner.join()
    print(f"whether the child was there when either join had returned: expected [False, False], seen {returned}")
    print(f"its exit code: expected 7, seen {child.exitcode}")
    sys.exit(returned != [False, False] or child.exitcode != 7)
