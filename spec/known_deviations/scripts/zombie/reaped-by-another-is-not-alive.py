import multiprocessing
import os

mp = multiprocessing


if __name__ == "__main__":
    child = mp.Process(target=int)
    child.start()
    os.waitpid(child.pid, 0)
    child.join()
    seen = child.is_alive()
    print(f"whether a child is alive that another has reaped: expected False, seen {seen}", flush=True)
    os._exit(seen)
