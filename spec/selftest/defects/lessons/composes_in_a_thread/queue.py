import threading

from impl.queue import answer_from_child, offer, poll, put_message, take

__all__ = ["answer_from_child", "message_from_child", "offer", "poll", "take"]


def message_from_child(mp, compose):
    queue = mp.Queue(3)
    threading.Thread(target=put_message, args=(queue, compose)).start()
    return queue.get()
