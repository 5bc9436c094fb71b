import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.path.append(os.path.abspath("folder"))
        mp.set_forkserver_preload(["printing_here"])
        for _ in range(2):
            child = mp.Process(target=int)
            child.start()
            child.join()
        sys.exit()
    os.mkdir("folder")
    with open("folder/printing_here.py", "w") as file:
        file.write("print('preloaded')")
    path = os.pathsep.join([os.path.abspath("folder"), os.environ.get("PYTHONPATH", "")])
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, __file__, "program"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**environment, "PYTHONPATH": path})
    seen = done.stdout.split()
    print(f"what is printed: expected ['preloaded'], seen {seen}")
    sys.exit(seen != ["preloaded"])
