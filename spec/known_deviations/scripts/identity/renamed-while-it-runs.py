import multiprocessing
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send("ready")
    conn.recv()
    conn.send(mp.current_process().name)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_name, args=(there,), name="first")
    child.start()
    here.recv()
    child.name = "second"
    here.send("go")
    seen = child.name
    child.join()
    own = here.recv() if here.poll() else None
    print(
        f"name of the renamed child: expected 'second' by the starter, 'first' by itself; seen {seen!r} and {own!r}"
    )
    sys.exit((seen, own) != ("second", "first"))
