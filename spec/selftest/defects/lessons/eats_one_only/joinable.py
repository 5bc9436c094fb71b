from impl.joinable import main, produce

__all__ = ["consume", "main", "produce"]


def consume(queue, eat):
    eat(queue.get())
    queue.task_done()
