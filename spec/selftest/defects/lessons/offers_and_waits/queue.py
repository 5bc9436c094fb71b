from impl.queue import answer_from_child, message_from_child, poll, take

__all__ = ["answer_from_child", "message_from_child", "offer", "poll", "take"]


def offer(queue, items):
    for item in items:
        queue.put(item)
    return []
