import faulthandler
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

mp = multiprocessing

if __package__:
    from . import neighbour  # noqa: F401


def tell():
    os.write(1, f"{__package__}\n".encode())


if __name__ == "__main__" and __package__:
    tell()
    child = mp.Process(target=tell)
    child.start()
    child.join()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        package = os.path.join(folder, "package")
        os.mkdir(package)
        shutil.copy(__file__, os.path.join(package, "copy_of_this.py"))
        open(os.path.join(package, "neighbour.py"), "w").close()
        command = [sys.executable, "-m", "package.copy_of_this"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    seen = done.stdout.split()
    print(f"the package of main, as main and as a child see it: expected ['package', 'package'], seen {seen}")
    print(done.stderr)
    sys.exit(seen != ["package", "package"])
