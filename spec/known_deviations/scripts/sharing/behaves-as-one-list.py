import multiprocessing
import sys

mp = multiprocessing
CALLS = [
    ("extend", [8, 9, 3]),
    ("__setitem__", slice(2), [0]),
    ("__delitem__", slice(None)),
    ("extend", [3, 1, 2]),
    ("pop", 0),
    ("extend", [3, 2]),
    ("pop",),
    ("sort",),
    ("index", 2, 1),
    ("insert", 0, 5),
    ("pop", 0),
    ("__setitem__", -1, 7),
    ("__getitem__", -1),
    ("reverse",),
    ("remove", 1),
    ("append", 4),
    ("index", 4),
    ("count", 7),
    ("__delitem__", 0),
    ("__len__",),
]

if __name__ == "__main__":
    wrong = 0
    with mp.Manager() as manager:
        shared, plain = manager.list(), []
        for name, *args in CALLS:
            expected = getattr(plain, name)(*args)
            try:
                seen = getattr(shared, name)(*args)
            except Exception as error:
                seen = repr(error)
            if (seen, shared[:]) != (expected, plain):
                wrong += 1
                print(f"{name}{tuple(args)}: expected {expected} and {plain}, seen {seen} and {shared[:]}")
        for order in shared, plain:
            order.sort(reverse=True)
        if shared[:] != plain:
            wrong += 1
            print(f"sort(reverse=True): expected {plain}, seen {shared[:]}")
    print(f"calls that a managed list answers otherwise than a plain one: expected 0, seen {wrong}")
    sys.exit(wrong > 0)
