import multiprocessing
import sys

mp = multiprocessing


def work(news, go_on):
    news.send(len(mp.active_children()))
    go_on.recv()


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    children = [mp.Process(target=work, args=(theirs, go_on)) for _ in range(2)]
    for child in children:
        child.start()
    counts = [news.recv(), news.recv()]
    same = {id(child) for child in mp.active_children()} == {id(child) for child in children}
    for _ in children:
        mine.send("go on")
    for child in children:
        child.join()
    left = len(mp.active_children())
    print(f"how many active children each of two children has: expected [0, 0], seen {counts}")
    print(f"whether the starter's are those that it has started: expected True, seen {same}")
    print(f"how many it has once they are joined: expected 0, seen {left}")
    sys.exit((counts, same, left) != ([0, 0], True, 0))
