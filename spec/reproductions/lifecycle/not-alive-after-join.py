import multiprocessing
import os
import sys

mp = multiprocessing


memory = b""


def work(conn):
    global memory
    memory = b"x" * 2**27  # it takes the kernel a while to release
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
    pid = here.recv()
    here.send("go")
    child.join()
    left = exists(pid)
    alive = child.is_alive()
    print(f"whether the joined child is in the process table: expected False, seen {left}")
    print(f"is_alive() of the joined child: expected False, seen {alive}")
    print(f"pid of the joined child: expected {pid}, seen {child.pid}")
    sys.exit(left or alive or child.pid != pid)
