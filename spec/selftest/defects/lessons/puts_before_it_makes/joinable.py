from impl.joinable import consume, main

__all__ = ["consume", "main", "produce"]


def produce(queue, items, make, done):
    for item in items:
        queue.put(item)
        make(item)
    queue.join()
    done()
