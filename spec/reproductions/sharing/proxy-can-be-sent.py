import multiprocessing
import sys

mp = multiprocessing


def write(queue):
    queue.get()["num"] = 7


if __name__ == "__main__":
    with mp.Manager() as manager:
        shared, queue = manager.dict(num=100), mp.Queue()
        child = mp.Process(target=write, args=(queue,))
        child.start()
        queue.put(shared)
        child.join()
        seen = shared["num"]
    print(f"the number that was written through a proxy which was sent: expected 7, seen {seen}")
    sys.exit(seen != 7)
