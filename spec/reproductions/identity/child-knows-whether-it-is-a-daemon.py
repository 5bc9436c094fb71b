import multiprocessing
import os
import sys

mp = multiprocessing


def tell_flag(conn):
    conn.send((os.getpid(), mp.current_process().daemon))
    conn.poll(10)


if __name__ == "__main__":
    pipes = [mp.Pipe(), mp.Pipe()]
    ordinary = mp.Process(target=tell_flag, args=(pipes[0][1],))
    daemon = mp.Process(target=tell_flag, args=(pipes[1][1],), daemon=True)
    for child in ordinary, daemon:
        child.start()
    own = dict(here.recv() for here, _ in pipes)
    seen = ordinary.daemon, daemon.daemon
    expected = {ordinary.pid: False, daemon.pid: True}
    for here, _ in pipes:
        here.send("go")
    for child in ordinary, daemon:
        child.join()
    print(f"whether they are daemons, by the pids of the children: expected {expected}, the children see {own}")
    print(f"whether they are daemons, ordinary one first: expected (False, True), the starter sees {seen}")
    sys.exit(own != expected or seen != (False, True))
