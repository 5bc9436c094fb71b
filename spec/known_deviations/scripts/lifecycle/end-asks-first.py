import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work(conn):
    def leave(*_):
        conn.send("SIGTERM")
        time.sleep(0.5)
        sys.exit(3)

    signal.signal(signal.SIGTERM, leave)
    conn.send(os.getpid())
    conn.poll(15)


def give_up(*_):
    print(
        "join(60) of a terminated child: expected to return when the child exits, still waits after 10 s", flush=True
    )
    os.kill(child.pid, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    if not here.poll(10):
        sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
    here.recv()
    signal.signal(signal.SIGALRM, give_up)
    child.terminate()
    signal.alarm(10)
    child.join(60)
    if child.is_alive():
        child.kill()
        child.join()
    signal.alarm(0)
    seen = here.recv() if here.poll() else None, child.exitcode
    expected = "SIGTERM", 3
    print(f"a child that has time to handle SIGTERM: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
