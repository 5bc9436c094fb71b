from impl.queue import answer_from_child, offer, poll, put_message, take

__all__ = ["answer_from_child", "message_from_child", "offer", "poll", "take"]


def message_from_child(mp, compose):
    queue = mp.Queue(3)
    child = mp.Process(target=put_message, args=(queue, compose))
    child.start()
    child.join()
    return queue.get()
