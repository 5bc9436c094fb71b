import multiprocessing
import sys

mp = multiprocessing

if __name__ == "__main__":
    plain = {1: "1", "1": 1, (1, 2): (3, (4,)), None: None, "large": b"x" * 2**18}
    with mp.Manager() as manager:
        shared = manager.dict()
        for key, value in plain.items():
            shared[key] = value
        seen, text = shared.copy(), str(shared)
    print(f"whether a managed dict is as it was written: expected True, seen {repr(seen) == repr(plain)}")
    print(f"whether its text is that of the dict: expected True, seen {text == str(plain)}")
    sys.exit(repr(seen) != repr(plain) or text != str(plain))
