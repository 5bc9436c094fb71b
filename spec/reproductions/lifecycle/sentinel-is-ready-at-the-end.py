import multiprocessing
import select
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)


def ready(sentinel, seconds):
    return bool(select.select([sentinel], [], [], seconds)[0])


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    seen = [ready(child.sentinel, 0)]
    here.send("go")
    seen.append(ready(child.sentinel, 10))
    child.join()
    print(f"whether the sentinel is ready while the child runs, and at its end: expected [False, True], seen {seen}")
    sys.exit(seen != [False, True])
