import faulthandler
import multiprocessing
import os
import sys
import tempfile
import time

mp = multiprocessing


def work(file, number):
    for what in "begins", "ends":
        with open(file, "a") as log:
            log.write(f"{number} {what}\n")
        time.sleep(0.05)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.NamedTemporaryFile("r") as log:
        left = []
        for number in range(10):
            child = mp.Process(target=work, args=(log.name, number))
            child.start()
            child.join()
            left += [number] if os.path.exists(f"/proc/{child.pid}") else []
        seen = log.read().splitlines()
    expected = [f"{number} {what}" for number in range(10) for what in ("begins", "ends")]
    print(f"children that are joined in turn: expected {expected}, seen {seen}")
    print(f"those that were left when they had been joined: expected [], seen {left}")
    sys.exit(seen != expected or left != [])
