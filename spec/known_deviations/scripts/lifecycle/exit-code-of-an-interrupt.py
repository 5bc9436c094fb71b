import multiprocessing
import subprocess
import sys

mp = multiprocessing


def work():
    raise KeyboardInterrupt("enough")


def program():
    child = mp.Process(target=work)
    child.start()
    child.join()
    print("exit code", child.exitcode)


if __name__ == "__main__":
    if sys.argv[1:] == ["program"]:
        program()
        sys.exit(0)
    done = subprocess.run([sys.executable, __file__, "program"], capture_output=True, text=True)
    printed = "KeyboardInterrupt: enough" in done.stderr
    print(f"a child that KeyboardInterrupt ended: expected 'exit code 1', seen {done.stdout.strip()!r}")
    print(f"exit status of the starter: expected 0, seen {done.returncode}")
    print(f"whether its traceback is on stderr: expected True, seen {printed}")
    sys.exit(done.stdout.strip() != "exit code 1" or done.returncode != 0 or not printed)
