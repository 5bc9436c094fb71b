import atexit
import multiprocessing
import signal
import sys

mp = multiprocessing


def producer(queue, name):
    for number in range(100):
        queue.put((name, number))


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM, lambda *_: sys.exit("getting 200 items that two producers put: expected to end, it hangs")
    )
    signal.alarm(20)
    queue = mp.Queue(4)
    for name in "one", "two":
        mp.Process(target=producer, args=(queue, name), daemon=True).start()
    got = [queue.get() for _ in range(200)]
    in_order = [[number for sender, number in got if sender == name] == list(range(100)) for name in ("one", "two")]
    print(f"whether the items of each of two producers come in its order: expected [True, True], seen {in_order}")
    sys.exit(in_order != [True, True])
