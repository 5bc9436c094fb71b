import multiprocessing
import os
import sys

mp = multiprocessing


def work(pipe):
    pipe.send((os.getpid(), len(mp.active_children())))
    pipe.recv()


if __name__ == "__main__":
    pipes, children = [], []
    for _ in range(2):
        ours, theirs = mp.Pipe()
        pipes.append(ours)
        children.append(mp.Process(target=work, args=(theirs,)))
        children[-1].start()
    counts = dict(pipe.recv() for pipe in pipes)
    expected = {child.pid: 0 for child in children}
    active = mp.active_children()
    same = {id(child) for child in active} == {id(child) for child in children}
    for pipe in pipes:
        pipe.send("go on")
    for child in active:
        child.join()
    kept, left = len(active), len(mp.active_children())
    print(f"how many active children each of two children has, by pid: expected {expected}, seen {counts}")
    print(f"whether the starter's are those that it has started: expected True, seen {same}")
    print(f"how many are in the list of them when each in it was joined: expected 2, seen {kept}")
    print(f"how many it has once they are joined: expected 0, seen {left}")
    sys.exit((counts, same, kept, left) != (expected, True, 2, 0))
