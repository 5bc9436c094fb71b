import multiprocessing
import select
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)


def ready(sentinel, seconds):
    try:
        return bool(select.select([sentinel], [], [], seconds)[0])
    except OSError as error:
        return repr(error)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    sentinel = child.sentinel
    seen = [ready(sentinel, 0)]
    here.send("go")
    seen.append(ready(sentinel, 10))
    child.join()
    seen.append(ready(sentinel, 10))
    same = child.sentinel == sentinel
    print("whether the sentinel is ready while the child runs, at its end, and once it is joined:")
    print(f"expected [False, True, True], seen {seen}")
    print(f"whether it is the same number still: expected True, seen {same}")
    sys.exit(seen != [False, True, True] or not same)
