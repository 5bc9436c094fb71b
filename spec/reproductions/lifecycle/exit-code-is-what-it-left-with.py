import multiprocessing
import sys

mp = multiprocessing


def work(status):
    sys.exit(status)


if __name__ == "__main__":
    expected = [0, 1, 7, 127, 128, 143, 200, 255]
    children = [mp.Process(target=work, args=(status,)) for status in expected]
    for child in children:
        child.start()
    for child in children:
        child.join()
    seen = [child.exitcode for child in children]
    print(f"exit codes of children that left by sys.exit(number): expected {expected}, seen {seen}")
    sys.exit(seen != expected)
