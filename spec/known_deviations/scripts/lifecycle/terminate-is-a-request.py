import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(conn):
    def handle(*_):
        conn.send("SIGTERM")
        conn.send("let go" if conn.poll(10) else "not let go")

    signal.signal(signal.SIGTERM, handle)
    conn.send("ready")
    conn.poll(10)


def received(conn):
    messages = []
    while conn.poll():
        messages.append(conn.recv())
    return messages


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    if not here.poll(10):
        sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
    here.recv()
    before = os.listdir("/proc/self/task")
    child.terminate()
    after = os.listdir("/proc/self/task")
    alive = child.is_alive()
    here.send("go")
    child.join()
    seen = received(here)
    expected = ["SIGTERM", "let go"]
    print(f"is_alive() of a terminated child that handles SIGTERM: expected True, seen {alive}")
    print(f"its handler, let go after terminate(): expected {expected}, seen {seen}")
    print(f"threads of the starter after terminate(): expected {before}, seen {after}")
    sys.exit(not alive or seen != expected or after != before)
