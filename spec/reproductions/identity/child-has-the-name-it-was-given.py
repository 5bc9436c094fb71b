import multiprocessing
import sys

mp = multiprocessing


def tell_name(conn):
    conn.send(mp.current_process().name)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=tell_name, args=(there,), name="洪七")
    child.start()
    seen = child.name
    child.join()
    own = here.recv() if here.poll() else None
    print(f"name of the child: expected {'洪七'!a}, seen by the starter {seen!a}, by the child {own!a}")
    sys.exit((seen, own) != ("洪七", "洪七"))
