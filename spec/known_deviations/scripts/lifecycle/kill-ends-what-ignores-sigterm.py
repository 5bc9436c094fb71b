import multiprocessing
import signal
import sys

mp = multiprocessing


def work(conn):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    conn.send("ready")
    conn.poll(10)
    conn.send("went on")


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    if not here.poll(10):
        sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
    here.recv()
    child.kill()
    child.join()
    went_on = here.poll()
    expected = -signal.SIGKILL
    print(f"whether a killed child that ignores SIGTERM went on: expected False, seen {went_on}")
    print(f"its exit code: expected {expected}, seen {child.exitcode}")
    sys.exit(went_on or child.exitcode != expected)
