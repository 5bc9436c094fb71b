from impl.queue import answer_from_child, message_from_child, offer, poll

__all__ = ["answer_from_child", "message_from_child", "offer", "poll", "take"]


def take(queue, count):
    return [queue.get() for _ in range(count)][::-1]
