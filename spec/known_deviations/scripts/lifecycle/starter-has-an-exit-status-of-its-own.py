import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


def work():
    os.write(1, b"ran\n")


if __name__ == "__main__" and sys.argv[1:]:
    child = mp.Process(target=work)
    child.start()
    child.join()
    sys.exit(3)
elif __name__ == "__main__":
    command = [sys.executable, __file__, "program"]
    main = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=20)
    print(f"exit status of a program that calls sys.exit(3): expected 3, seen {main.returncode}")
    print(f"what its child has printed: expected 'ran\\n', seen {main.stdout!r}")
    sys.exit((main.returncode, main.stdout) != (3, "ran\n"))
