import multiprocessing
import sys

mp = multiprocessing


def work(status):
    sys.exit(status)


if __name__ == "__main__":
    numbers = [0, False, 1, 7, 127, 128, 143, 200, 255, 263, -1]
    expected = [number & 255 for number in numbers]
    children = [mp.Process(target=work, args=(number,)) for number in numbers]
    for child in children:
        child.start()
    for child in children:
        child.join()
    seen = [child.exitcode for child in children]
    print(f"exit codes of children that left by sys.exit() with {numbers}: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
