import multiprocessing
import sys

mp = multiprocessing


def use(_given):
    sys.exit(3)


if __name__ == "__main__":
    child = mp.Process(target=use, args=(mp.Lock(),))
    child.start()
    child.join()
    print(f"the exit code of a child that exits with 3: expected 3, seen {child.exitcode}")
    sys.exit(child.exitcode != 3)
