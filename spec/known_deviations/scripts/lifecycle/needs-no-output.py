import multiprocessing
import subprocess
import sys

mp = multiprocessing


def work(end):
    sys.stdout = sys.stderr = None
    if end == "exit":
        sys.exit(7)
    if end == "fail":
        raise RuntimeError("out of paper")


if __name__ == "__main__" and sys.argv[1:]:
    output, sys.stdout, sys.stderr = sys.stdout, None, None
    for end in "", "exit", "fail":
        child = mp.Process(target=work, args=(end,))
        child.start()
        child.join()
        print(child.exitcode, file=output, flush=True)
elif __name__ == "__main__":
    command = [sys.executable, __file__, "program"]
    main = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=20)
    seen = main.stdout.split()
    print(f"exit codes of children without output that end, exit with 7, and fail: expected 0, 7, 1, seen {seen}")
    sys.exit(seen != ["0", "7", "1"])
