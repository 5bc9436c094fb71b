import multiprocessing
import sys

mp = multiprocessing


if __name__ == "__main__":
    seen = mp.parent_process()
    print(f"parent_process() in the main program: expected None, seen {seen}")
    sys.exit(seen is not None)
