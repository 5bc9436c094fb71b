from impl.joinable import consume, main

__all__ = ["consume", "main", "produce"]


def produce(queue, items, make, done):
    for item in items:
        make(item)
        queue.put(item)
        queue.join()
    done()
