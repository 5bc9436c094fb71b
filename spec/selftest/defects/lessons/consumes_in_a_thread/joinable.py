import threading

from impl.joinable import consume, produce

__all__ = ["consume", "main", "produce"]


def main(mp, items, make, eat, done, maxsize=30):
    queue = mp.JoinableQueue(maxsize)
    threading.Thread(target=consume, args=(queue, eat), daemon=True).start()
    producer = mp.Process(target=produce, args=(queue, items, make, done))
    producer.start()
    producer.join()
