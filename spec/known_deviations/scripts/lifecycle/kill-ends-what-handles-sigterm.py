import multiprocessing
import signal
import sys

mp = multiprocessing


def work(conn):
    def handle(*_):
        conn.send("handling")
        conn.poll(10)

    signal.signal(signal.SIGTERM, handle)
    conn.send("ready")
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    if not here.poll(10):
        sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
    here.recv()
    child.terminate()
    handling = here.poll(10) and child.is_alive()
    child.kill()
    child.join()
    expected = -signal.SIGKILL
    print(f"whether a terminated child handles SIGTERM: expected True, seen {handling}")
    print(f"its exit code after a kill: expected {expected}, seen {child.exitcode}")
    sys.exit(not handling or child.exitcode != expected)
