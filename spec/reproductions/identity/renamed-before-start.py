import multiprocessing
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send(mp.current_process().name)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_name, args=(there,), name="first")
    child.name = "second"
    child.start()
    seen = child.name
    child.join()
    own = here.recv() if here.poll() else None
    print("name of a child that was renamed before its start: expected 'second'")
    print(f"seen by the starter {seen!r}, by the child {own!r}")
    sys.exit((seen, own) != ("second", "second"))
