import multiprocessing
import sys

mp = multiprocessing

if __name__ == "__main__":
    expected = [["a", "b"], ["a", "b"], [1, 2], [("a", 1), ("b", 2)]]
    with mp.Manager() as manager:
        shared = manager.dict(a=1, b=2)
        try:
            seen = [sorted(part) for part in (shared, shared.keys(), shared.values(), shared.items())]
        except Exception as error:
            seen = repr(error)
    print(f"a managed dict, its keys, values and items: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
