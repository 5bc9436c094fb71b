"""Packages whose lesson `impl.joinable` has a fault."""

from __future__ import annotations

import threading

from impl import joinable as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("joinable.consumer-ends-with-main")
class ConsumesInAThread:
    """The consumer is a thread of main, not a process."""

    @staticmethod
    def main(mp, items, make, eat, done, maxsize=30):
        queue = mp.JoinableQueue(maxsize)
        threading.Thread(target=sound.consume, args=(queue, eat), daemon=True).start()
        producer = mp.Process(target=sound.produce, args=(queue, items, make, done))
        producer.start()
        producer.join()


@packages.breaks("joinable.consumer-reports-after-eating")
class EatsOneOnly:
    """The consumer ends after one item."""

    @staticmethod
    def consume(queue, eat):
        eat(queue.get())
        queue.task_done()


@packages.breaks("joinable.producer-goes-on-after-the-last-report")
class JoinsAfterEachPut:
    """After each put the producer waits until the item was processed."""

    @staticmethod
    def produce(queue, items, make, done):
        for item in items:
            make(item)
            queue.put(item)
            queue.join()
        done()


@packages.breaks("joinable.consumer-ends-with-main")
class JoinsTheConsumer:
    """Main also joins the endless consumer."""

    @staticmethod
    def main(mp, items, make, eat, done, maxsize=30):
        queue = mp.JoinableQueue(maxsize)
        producer = mp.Process(target=sound.produce, args=(queue, items, make, done))
        consumer = mp.Process(target=sound.consume, args=(queue, eat), daemon=True)
        producer.start()
        consumer.start()
        producer.join()
        consumer.join()


@packages.breaks("joinable.consumer-ends-with-main")
class ProducesInMain:
    """Main is the producer itself."""

    @staticmethod
    def main(mp, items, make, eat, done, maxsize=30):
        queue = mp.JoinableQueue(maxsize)
        mp.Process(target=sound.consume, args=(queue, eat), daemon=True).start()
        sound.produce(queue, items, make, done)


@packages.breaks("joinable.producer-makes-before-it-puts")
class PutsBeforeItMakes:
    """The producer puts each item before it makes it."""

    @staticmethod
    def produce(queue, items, make, done):
        for item in items:
            queue.put(item)
            make(item)
        queue.join()
        done()


@packages.breaks("joinable.consumer-reports-after-eating")
class ReportsBeforeItEats:
    """The consumer reports each item before it eats it."""

    @staticmethod
    def consume(queue, eat):
        while True:
            item = queue.get()
            queue.task_done()
            eat(item)
