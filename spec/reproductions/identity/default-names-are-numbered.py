import multiprocessing
import re
import sys

mp = multiprocessing


if __name__ == "__main__":
    names = [mp.Process(target=print).name for _ in range(3)]
    parts = [re.fullmatch(r"(.*\D)(\d+)", name) for name in names]
    stems = {part and part[1] for part in parts}
    numbers = [int(part[2]) for part in parts if part]
    print(
        f"names of processes that were given none: expected alike, but for a number that counts up by 1, seen {names}"
    )
    sys.exit(len(stems) != 1 or len(numbers) != 3 or numbers != list(range(numbers[0], numbers[0] + 3)))
