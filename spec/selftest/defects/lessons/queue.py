"""Packages whose lesson `impl.queue` has a fault."""

from __future__ import annotations

import threading

from impl import queue as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("queue.pipe-carries-an-answer-from-a-child")
class AnswersForTheChild:
    """The parent answers the question itself."""

    @staticmethod
    def answer_from_child(mp, question, answer):
        return answer(question)


@packages.breaks("queue.carries-a-message-from-a-child")
class ComposesForTheChild:
    """The parent puts the message itself, and no child does."""

    @staticmethod
    def message_from_child(mp, compose):
        queue = mp.Queue(3)
        sound.put_message(queue, compose)
        return queue.get()


@packages.breaks("queue.carries-a-message-from-a-child")
class ComposesInAThread:
    """A thread of the parent puts the message, not a child."""

    @staticmethod
    def message_from_child(mp, compose):
        queue = mp.Queue(3)
        threading.Thread(target=sound.put_message, args=(queue, compose)).start()
        return queue.get()


@packages.breaks("queue.carries-a-message-larger-than-the-pipe")
class JoinsBeforeGetting:
    """The parent joins the child before it gets the message."""

    @staticmethod
    def message_from_child(mp, compose):
        queue = mp.Queue(3)
        child = mp.Process(target=sound.put_message, args=(queue, compose))
        child.start()
        child.join()
        return queue.get()


@packages.breaks("queue.who-sent-a-message-was-joined")
class LeavesTheSender:
    """The parent gets the message but does not join the child that sent it."""

    @staticmethod
    def message_from_child(mp, compose):
        queue = mp.Queue(3)
        mp.Process(target=sound.put_message, args=(queue, compose)).start()
        return queue.get()


@packages.breaks("queue.who-answered-was-joined")
class LeavesWhoAnswered:
    """The parent gets the answer but does not join the child that gave it."""

    @staticmethod
    def answer_from_child(mp, question, answer):
        here, there = mp.Pipe()
        mp.Process(target=sound.send_answer, args=(there, answer)).start()
        there.close()
        with here:
            here.send(question)
            return here.recv()


@packages.breaks("queue.holds-maxsize-items")
class OffersAndWaits:
    """Offering items to a full queue waits for room."""

    @staticmethod
    def offer(queue, items):
        for item in items:
            queue.put(item)
        return []


@packages.breaks("queue.holds-maxsize-items")
class OffersPastARefusal:
    """The first item that is refused is missing from the items that are returned."""

    @staticmethod
    def offer(queue, items):
        return sound.offer(queue, items)[1:]


@packages.breaks("queue.poll-does-not-wait")
class PollsAndWaits:
    """Polling waits for an item."""

    @staticmethod
    def poll(queue, otherwise):
        return queue.get()


@packages.breaks("queue.first-in-is-first-out")
class TakesLastFirst:
    """The items are taken in the reverse order."""

    @staticmethod
    def take(queue, count):
        return [queue.get() for _ in range(count)][::-1]


@packages.breaks("queue.parent-learns-of-a-child-that-will-not-answer")
class TakesTheEndForNone:
    """The parent takes the end of the pipe for the answer None."""

    @staticmethod
    def answer_from_child(mp, question, answer):
        try:
            return sound.answer_from_child(mp, question, answer)
        except EOFError:
            return None
