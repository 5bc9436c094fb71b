from queue import Empty

from impl.queue import answer_from_child, message_from_child, offer, take

__all__ = ["answer_from_child", "message_from_child", "offer", "poll", "take"]


def poll(queue, otherwise):
    try:
        return queue.get_nowait()
    except Empty:
        return None
