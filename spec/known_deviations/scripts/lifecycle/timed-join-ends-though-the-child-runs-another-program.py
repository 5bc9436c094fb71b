import multiprocessing
import os
import sys
import time

mp = multiprocessing


def run_another_program():
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(10)"])


if __name__ == "__main__":
    child = mp.Process(target=run_another_program)
    child.start()
    time.sleep(2)
    begun = time.monotonic()
    child.join(0.1)
    seconds, code = time.monotonic() - begun, child.exitcode
    print(f"seconds in join(0.1): expected about 0.1, seen {seconds:.1f}; exit code: expected None, seen {code}")
    child.terminate()
    sys.exit(seconds > 5 or code is not None)
