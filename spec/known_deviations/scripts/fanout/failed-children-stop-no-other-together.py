import faulthandler
import multiprocessing
import os
import signal
import sys
import tempfile

mp = multiprocessing


def work(file, starter, number):
    if number == 0:
        assert os.getpid() != starter, "this child runs in the process of its starter, which would be killed"
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 2:
        raise RuntimeError("this child fails")
    if number == 4:
        sys.exit(3)
    with open(file, "a") as log:
        log.write(f"{number}\n")


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.NamedTemporaryFile("r") as log:
        children = [mp.Process(target=work, args=(log.name, os.getpid(), number)) for number in range(6)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        seen = sorted(int(line) for line in log)
    well = [number for number, child in enumerate(children) if child.exitcode == 0]
    print(f"who does the work, while 0 is killed, 2 raises and 4 exits: expected [1, 3, 5], seen {seen}")
    print(f"whose exit code is 0: expected [1, 3, 5], seen {well}")
    sys.exit(seen != [1, 3, 5] or well != [1, 3, 5])
