import multiprocessing
import re
import sys

mp = multiprocessing


if __name__ == "__main__":
    made = [mp.Process(target=print, name=name) for name in (None, None, "a name of its own", None)]
    names = [made[index].name for index in (0, 1, 3)]
    parts = [re.fullmatch(r"(.*\D)(\d+)", name) for name in names]
    stems = {part and part[1] for part in parts}
    numbers = [int(part[2]) for part in parts if part]
    print(f"names of the 1st, 2nd and 4th process: expected alike, but for the numbers n, n+1 and n+3, seen {names}")
    sys.exit(len(stems) != 1 or len(numbers) != 3 or numbers != [numbers[0], numbers[0] + 1, numbers[0] + 3])
