import atexit
import multiprocessing
import sys
import time

mp = multiprocessing


def start_and_register(make):
    child = make(target=time.sleep, args=(15,))
    child.start()
    atexit.register(child.terminate)


if __name__ == "__main__":
    child = mp.Process(target=start_and_register, args=(mp.Process,))
    child.start()
    child.join(8)
    print(f"the exit code of a child whose exit handler ends its own child: expected 0, seen {child.exitcode}")
    sys.exit(child.exitcode != 0)
