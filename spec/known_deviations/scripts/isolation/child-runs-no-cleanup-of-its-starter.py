import atexit
import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


def tell(what):
    os.write(1, f"{what} {os.getpid()}\n".encode())


if __name__ == "__main__" and sys.argv[1:]:
    atexit.register(tell, "exit handler")
    try:
        child = mp.Process(target=tell, args=("task",))
        child.start()
        child.join()
    finally:
        tell("finally")
elif __name__ == "__main__":
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = main.communicate(timeout=20)[0].splitlines()
    seen = [line for line in lines if not line.startswith("task")]
    expected = [f"finally {main.pid}", f"exit handler {main.pid}"]
    print(f"the task: expected in a process other than {main.pid}, seen {[x for x in lines if x not in seen]}")
    print(f"what was cleaned up, in which process: expected {expected}, seen {seen}")
    sys.exit(seen != expected or f"task {main.pid}" in lines)
