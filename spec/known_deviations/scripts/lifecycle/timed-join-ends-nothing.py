import multiprocessing
import sys
import time

mp = multiprocessing


def work(conn):
    conn.send("ready")
    let_go = conn.poll(10)
    sys.exit(7 if let_go else 8)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    begun = time.monotonic()
    returned = [child.join(0.3)]
    seconds = time.monotonic() - begun
    returned += [child.join(timeout=0.1), child.join(0), child.join(-1)]
    active = mp.active_children()
    alive = child.is_alive()
    here.send("go")
    child.join()
    print(f"seconds that join(0.3) of a running child took: expected at least 0.3, seen {seconds:.3f}")
    print(f"what that and other timed joins returned: expected {[None] * 4}, seen {returned}")
    print(f"the active children: expected {[child]}, seen {active}")
    print(f"is_alive() after that: expected True, seen {alive}")
    print(f"exit code of the child, let go after that: expected 7, seen {child.exitcode}")
    sys.exit(seconds < 0.3 or returned != [None] * 4 or active != [child] or not alive or child.exitcode != 7)
