import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    conn.send("ran")
    conn.poll(10)


def attempt(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no exception"


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    seen = [attempt(child.start)]
    here.send("go")
    child.join()
    seen.append(attempt(child.start))
    again = here.poll(0.3)
    expected = "AssertionError: cannot start a process twice"
    print(f"another start of a running child: expected {expected!r}, seen {seen[0]!r}")
    print(f"another start of a joined child: expected {expected!r}, seen {seen[1]!r}")
    print(f"whether it ran again: expected False, seen {again}")
    sys.exit(again or any(expected not in answer for answer in seen))
