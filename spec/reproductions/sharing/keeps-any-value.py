import multiprocessing
import sys

mp = multiprocessing

if __name__ == "__main__":
    plain = {1: "1", "1": 1, (1, 2): (3, (4,)), None: None, "large": b"x" * 2**18}
    with mp.Manager() as manager:
        shared = manager.dict()
        for key, value in plain.items():
            shared[key] = value
        seen = shared.copy()
    print(f"whether a managed dict is as it was written: expected True, seen {repr(seen) == repr(plain)}")
    sys.exit(repr(seen) != repr(plain))
