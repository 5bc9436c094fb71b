from impl.joinable import main, produce

__all__ = ["consume", "main", "produce"]


def consume(queue, eat):
    while True:
        item = queue.get()
        queue.task_done()
        eat(item)
