import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


def read():
    os.write(1, f"child {sys.stdin.read()!r}\n".encode())


if __name__ == "__main__" and sys.argv[1:]:
    child = mp.Process(target=read)
    child.start()
    child.join()
    os.write(1, f"starter {sys.stdin.read()!r}\n".encode())
elif __name__ == "__main__":
    command = [sys.executable, __file__, "program"]
    main = subprocess.run(command, input="for the starter", stdout=subprocess.PIPE, text=True, timeout=20)
    seen = main.stdout.splitlines()
    expected = ["child ''", "starter 'for the starter'"]
    print(f"what child and starter have read: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
