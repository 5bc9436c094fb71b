import multiprocessing
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send(mp.current_process().name)


if __name__ == "__main__":
    names = ["Process-1", " a\tB\n {0} %s \\ e\u0301 \U0001f3ab\r", "\0", "\u0416" * 300, "x", " "]
    wrong = 0
    for name in names:
        here, there = mp.Pipe()
        child = mp.Process(target=tell_name, args=(there,), name=name)
        child.start()
        child.join()
        own = here.recv() if here.poll() else None
        if (child.name, own) != (name, name):
            wrong += 1
            print(f"name: expected {name!a:.60}, seen by the starter {child.name!a:.60}, by the child {own!a:.60}")
    print(f"names that were not what was given: expected 0 of {len(names)}, seen {wrong}")
    sys.exit(wrong != 0)
