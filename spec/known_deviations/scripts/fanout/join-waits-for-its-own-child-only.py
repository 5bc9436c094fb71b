import faulthandler
import multiprocessing
import os
import sys

mp = multiprocessing


def work(connection):
    connection.send(os.getpid())
    connection.recv()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    pipes = [mp.Pipe() for _ in range(3)]
    children = [mp.Process(target=work, args=(theirs,)) for _, theirs in pipes]
    for child in children:
        child.start()
    pids = [ours.recv() for ours, _ in pipes]
    pipes[1][0].send("end")
    print("join() of the second of three children, which ends: expected to return")
    children[1].join()
    seen = [child.is_alive() for child in children]
    print(f"children that run on: expected [True, False, True], seen {seen}")
    for ours, _ in (pipes[0], pipes[2]):
        ours.send("end")
    for child in children:
        child.join()
    print(f"processes of the children: expected others than the starter's, {os.getpid()}, seen {pids}")
    known = [child.pid for child in children]
    print(f"their pids, to the starter: expected {pids}, seen {known}")
    sys.exit(seen != [True, False, True] or os.getpid() in pids or known != pids)
