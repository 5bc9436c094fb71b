import faulthandler
import multiprocessing
import os
import sys
import tempfile
import time

mp = multiprocessing


def work(folder, number):
    go = os.path.join(folder, str(number))
    while os.path.exists(folder) and not os.path.exists(go):
        time.sleep(0.01)
    sys.exit(number)


def has_ended(pid):
    exe = f"/proc/{pid}/exe"  # a zombie has none
    return any(not os.path.exists(exe) or time.sleep(0.01) for _ in range(1000))


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        children = [mp.Process(target=work, args=(folder, number)) for number in range(3)]
        for child in children:
            child.start()
        pids = [child.pid for child in children]
        for number in 2, 0, 1:
            open(os.path.join(folder, str(number)), "w").close()
            has_ended(pids[number])
        left = []
        for number in 1, 2, 0:
            children[number].join()
            left += [number] if os.path.exists(f"/proc/{pids[number]}") else []
    seen = [child.exitcode for child in children]
    print(f"exit codes of children that ended and were joined in other orders: expected [0, 1, 2], seen {seen}")
    print(f"those that were left when they had been joined: expected [], seen {left}")
    sys.exit(seen != [0, 1, 2] or left != [])
