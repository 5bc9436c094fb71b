import multiprocessing
import os
import sys

mp = multiprocessing


def tell_flag(conn):
    conn.send((os.getpid(), mp.current_process().daemon))


if __name__ == "__main__":
    pipes = [mp.Pipe(), mp.Pipe()]
    ordinary = mp.Process(target=tell_flag, args=(pipes[0][1],))
    daemon = mp.Process(target=tell_flag, args=(pipes[1][1],), daemon=True)
    for child in ordinary, daemon:
        child.start()
    seen = ordinary.daemon, daemon.daemon
    for child in ordinary, daemon:
        child.join()
    own = dict(here.recv() for here, _ in pipes if here.poll())
    expected = {ordinary.pid: False, daemon.pid: True}
    print(f"whether they are daemons, by the pids of the children: expected {expected}, the children see {own}")
    print(f"whether they are daemons, ordinary one first: expected (False, True), the starter sees {seen}")
    sys.exit(own != expected or seen != (False, True))
