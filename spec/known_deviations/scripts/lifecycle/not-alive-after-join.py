import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn):
    memory = os.memfd_create("memory")
    os.posix_fallocate(memory, 0, 2**26)
    os.dup2(memory, 0)  # what the kernel releases last at the exit, and takes a while to
    os.close(memory)
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
