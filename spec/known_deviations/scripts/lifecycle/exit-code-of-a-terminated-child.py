import multiprocessing
import signal
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    child.terminate()
    child.join()
    expected = -signal.SIGTERM
    print(f"exit code of a terminated child: expected {expected}, seen {child.exitcode}")
    sys.exit(child.exitcode != expected)
