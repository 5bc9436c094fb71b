import multiprocessing
import sys

mp = multiprocessing

if __name__ == "__main__":
    expected = [["a", "b", "c"], ["a", "b", "c"], [1, 2, 3], [("a", 1), ("b", 2), ("c", 3)]]
    with mp.Manager() as manager:
        shared = manager.dict(a=1)
        try:
            shared.update({"b": 2}, c=3)
            seen = [sorted(part) for part in (shared, shared.keys(), shared.values(), shared.items())]
        except Exception as error:
            seen = repr(error)
    print(f"a managed dict, its keys, values and items: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
