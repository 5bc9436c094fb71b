import multiprocessing
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send(mp.current_process().name)
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_name, args=(there,), name="first")
    child.name = "second"
    child.start()
    own = here.recv()
    seen = child.name
    here.send("go")
    child.join()
    print(
        f"name of a process renamed before its start: expected 'second', seen by the starter {seen!r}, by itself {own!r}"
    )
    sys.exit((seen, own) != ("second", "second"))
