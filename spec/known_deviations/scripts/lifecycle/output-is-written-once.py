import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


def work(line, end):
    print(line)
    if end == "exit":
        sys.exit(3)
    if end == "fail":
        raise RuntimeError("out of paper")


if __name__ == "__main__" and sys.argv[1:]:
    print("the starter's")
    for line, end in ("it ends", ""), ("it exits", "exit"), ("it fails", "fail"):
        child = mp.Process(target=work, args=(line, end))
        child.start()
        child.join()
elif __name__ == "__main__":
    command, env = [sys.executable, __file__, "program"], dict(os.environ)
    env.pop("PYTHONUNBUFFERED", None)
    main = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=30, env=env)
    seen, expected = sorted(main.stdout.splitlines()), ["it ends", "it exits", "it fails", "the starter's"]
    print(f"what children and starter have printed: expected {expected}, seen {seen}")
    print(f"exit status of the starter: expected 0, seen {main.returncode}")
    sys.exit(seen != expected or main.returncode != 0)
