import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


def work():
    print("the child's")


if __name__ == "__main__" and sys.argv[1:]:
    print("the starter's")
    child = mp.Process(target=work)
    child.start()
    child.join()
elif __name__ == "__main__":
    command, env = [sys.executable, __file__, "program"], dict(os.environ)
    env.pop("PYTHONUNBUFFERED", None)
    main = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=20, env=env)
    seen, expected = sorted(main.stdout.splitlines()), ["the child's", "the starter's"]
    print(f"what child and starter have printed: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
