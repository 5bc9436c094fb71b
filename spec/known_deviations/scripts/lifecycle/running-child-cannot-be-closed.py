import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    let_go = conn.poll(10)
    sys.exit(7 if let_go else 8)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    try:
        child.close()
        seen = "no exception"
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
    expected = "ValueError: Cannot close a process while it is still running"
    print(f"close() of a running child: expected {expected!r}, seen {seen!r}")
    if expected not in seen:
        sys.exit(1)
    alive = child.is_alive()
    here.send("go")
    child.join()
    print(f"is_alive() after that: expected True, seen {alive}")
    print(f"exit code of the child, let go after that: expected 7, seen {child.exitcode}")
    sys.exit(not alive or child.exitcode != 7)
