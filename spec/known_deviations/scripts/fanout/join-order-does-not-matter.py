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


def fan_out(ending, joining):
    with tempfile.TemporaryDirectory() as folder:
        children = [mp.Process(target=work, args=(folder, number)) for number in range(3)]
        for child in children:
            child.start()
        pids = [child.pid for child in children]
        for number in ending:
            open(os.path.join(folder, str(number)), "w").close()
            has_ended(pids[number])
        left = []
        for number in joining:
            children[number].join()
            left += [number] if os.path.exists(f"/proc/{pids[number]}") else []
    seen = [child.exitcode for child in children]
    print(f"exit codes of children that end in the order {ending} and are joined in the order {joining}:")
    print(f"    expected [0, 1, 2], seen {seen}; left when they had been joined: expected [], seen {left}")
    return seen == [0, 1, 2] and left == []


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    both = fan_out([2, 0, 1], [1, 2, 0]), fan_out([0, 1, 2], [2, 1, 0])
    sys.exit(not all(both))
