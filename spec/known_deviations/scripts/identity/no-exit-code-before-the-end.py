import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)
    sys.exit(7)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    seen = [child.exitcode]
    child.start()
    here.recv()
    seen.append(child.exitcode)
    here.send("go")
    child.join()
    seen.append(child.exitcode)
    print(f"exit code before the start, while it runs, and after the join: expected [None, None, 7], seen {seen}")
    sys.exit(seen != [None, None, 7])
