from impl.queue import message_from_child, offer, poll, send_answer, take

__all__ = ["answer_from_child", "message_from_child", "offer", "poll", "take"]


def answer_from_child(mp, question, answer):
    here, there = mp.Pipe()
    child = mp.Process(target=send_answer, args=(there, answer))
    child.start()
    here.send(question)
    reply = here.recv()
    child.join()
    return reply
