import atexit
import multiprocessing
import sys

mp = multiprocessing


def child(queue):
    queue.put(b"x" * 2 * 1024 * 1024)
    queue.cancel_join_thread()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    queue = mp.Queue()
    process = mp.Process(target=child, args=(queue,), daemon=True)
    process.start()
    process.join(10)
    print(f"exit code of a child that called cancel_join_thread() after put(): expected 0, seen {process.exitcode}")
    sys.exit(process.exitcode != 0)
