import multiprocessing
import signal
import sys

mp = multiprocessing


def work(conn):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    conn.send("ready")
    conn.send("let go" if conn.poll(10) else "not let go")
    sys.exit(3)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    if not here.poll(10):
        sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
    here.recv()
    child.terminate()
    here.send("go")
    child.join()
    seen = here.recv() if here.poll() else None, child.exitcode
    expected = "let go", 3
    print(f"a child that ignores SIGTERM, let go after terminate(): expected {expected}, seen {seen}")
    sys.exit(seen != expected)
