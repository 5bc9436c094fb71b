import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(conn):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    conn.send(os.getpid())
    conn.poll(10)


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    if not here.poll(10):
        sys.exit("a child that begins with signal.signal(): expected to go on, seen nothing of it for 10 s")
    pid = here.recv()
    child.terminate()
    for patience in 0.3, 0:
        child.join(patience)
    alive = child.is_alive()
    if alive:
        child.kill()
        child.join()
    left = exists(pid)
    expected = -signal.SIGKILL
    print(f"is_alive() of a terminated child that ignores SIGTERM: expected True, seen {alive}")
    print(f"whether the child is there after a kill and a join: expected False, seen {left}")
    print(f"its exit code: expected {expected}, seen {child.exitcode}")
    sys.exit(not alive or left or child.exitcode != expected)
