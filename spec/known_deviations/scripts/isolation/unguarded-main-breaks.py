import faulthandler
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

mp = multiprocessing


def start():
    os.write(1, b"main\n")
    child = mp.Process(target=os.write, args=(1, b"task\n"))
    child.start()
    child.join()


if sys.argv[1:] == ["unguarded"]:
    start()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(__file__, os.path.join(folder, "copy_of_this.py"))
        command = [sys.executable, "-m", "copy_of_this", "unguarded"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    seen = [line for line in done.stdout.splitlines() if line in ("main", "task")]
    refused = "RuntimeError" in done.stdout + done.stderr
    print(f"what a main without a guard does: expected ['main', 'main'] and no task, seen {seen}")
    print(f"a RuntimeError: expected True, seen {refused}")
    sys.exit(seen != ["main", "main"] or not refused)
