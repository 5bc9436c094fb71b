import multiprocessing
import os
import sys

mp = multiprocessing


def tell(connection):
    connection.send("preloaded_here" in sys.modules)


if __name__ == "__main__":
    os.mkdir("folder")
    open("folder/preloaded_here.py", "w").close()
    sys.path.append(os.path.abspath("folder"))
    mp.set_forkserver_preload(["preloaded_here"])
    ours, theirs = mp.Pipe()
    child = mp.Process(target=tell, args=(theirs,))
    child.start()
    seen = ours.recv()
    child.join()
    print(f"whether a child begins with the module: expected True, seen {seen}")
    sys.exit(not seen)
