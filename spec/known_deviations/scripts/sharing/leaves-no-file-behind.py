import multiprocessing
import os
import subprocess
import sys
import tempfile

mp = multiprocessing


if __name__ == "__main__" and sys.argv[1:]:
    manager = mp.Manager()
    counter = manager.dict(num=100)
    counter["num"] -= 1
    print(counter["num"])
elif __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        command, env = [sys.executable, __file__, "program"], {**os.environ, "TMPDIR": folder}
        main = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=20, env=env)
        left = os.listdir(folder)
    print(f"what a program with a manager has printed: expected '99', seen {main.stdout.strip()!r}")
    print(f"what it has left in the folder for temporary files: expected [], seen {left}")
    sys.exit(main.stdout != "99\n" or left != [])
