import multiprocessing
import queue as standard
import sys

mp = multiprocessing


def put_and_fail(queue):
    queue.put("last words")
    raise ValueError("on purpose")


if __name__ == "__main__":
    queue = mp.Queue()
    child = mp.Process(target=put_and_fail, args=(queue,))
    child.start()
    child.join()
    try:
        seen = queue.get(True, 5)
    except standard.Empty:
        seen = "nothing"
    print(f"what arrives of a child that fails: expected 'last words', seen {seen!r}")
    sys.exit(seen != "last words")
