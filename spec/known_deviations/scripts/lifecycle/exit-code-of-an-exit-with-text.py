import multiprocessing
import subprocess
import sys

mp = multiprocessing


WHAT = "out of paper", ("out of", "paper")


def work(what):
    sys.exit(what)


def program():
    for what in WHAT:
        child = mp.Process(target=work, args=(what,))
        child.start()
        child.join()
        print(child.exitcode)


if __name__ == "__main__":
    if sys.argv[1:] == ["program"]:
        program()
        sys.exit(0)
    done = subprocess.run([sys.executable, __file__, "program"], capture_output=True, text=True)
    codes = done.stdout.split()
    printed = all(f"{what}\n" in done.stderr for what in WHAT)
    print(f"exit codes of children that left by sys.exit({WHAT[0]!r}) and by sys.exit({WHAT[1]}):")
    print(f"expected ['1', '1'], seen {codes}")
    print(f"exit status of the starter: expected 0, seen {done.returncode}")
    print(f"whether both are on stderr: expected True, seen {printed}")
    sys.exit(codes != ["1", "1"] or done.returncode != 0 or not printed)
