import multiprocessing
import subprocess
import sys

mp = multiprocessing
SPEC = "ignore:so says the spec"


def work():
    print(sys.flags.optimize, sys.flags.dev_mode, SPEC in sys.warnoptions)


if __name__ == "__main__" and sys.argv[1:]:
    child = mp.Process(target=work)
    child.start()
    child.join()
elif __name__ == "__main__":
    command = [sys.executable, "-O", "-W", SPEC, "-X", "dev", __file__, "program"]
    main = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=20)
    seen = main.stdout.strip()
    print(f"what a child has of the options -O, -X dev and -W of its starter: expected '1 True True', seen {seen!r}")
    sys.exit(seen != "1 True True")
