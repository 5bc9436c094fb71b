"""Packages whose lesson `impl.condition` has a fault."""

from __future__ import annotations

from impl import condition as sound
from impl.lock import query, restock
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("condition.buyers-wait-for-a-delivery")
class DeliversInSilence:
    """A delivery notifies nobody."""

    @staticmethod
    def deliver(stock, delivered, count):
        with delivered:
            restock(stock, query(stock) + count)


@packages.breaks("condition.any-number-of-buyers-and-deliveries", "condition.buyers-wait-for-a-delivery")
class NotifiesOneBuyer:
    """A delivery notifies one buyer, however many tickets there are."""

    @staticmethod
    def deliver(stock, delivered, count):
        with delivered:
            restock(stock, query(stock) + count)
            delivered.notify()


@packages.breaks("condition.buyers-wait-for-a-delivery", "condition.buyer-looks-once-for-each-delivery")
class TrustsTheNotification:
    """A buyer who was notified does not look whether there is a ticket."""

    @staticmethod
    def buy(buyer, stock, delivered, tell):
        with delivered:
            if query(stock) == 0:
                delivered.wait()
            restock(stock, max(0, query(stock) - 1))
            tell(buyer, 1)


@packages.breaks("condition.buyer-looks-once-for-each-delivery")
class LooksAgainAndAgain:
    """A buyer looks at the stock whether it was notified or not."""

    @staticmethod
    def buy(buyer, stock, delivered, tell):
        looks = 1
        with delivered:
            while query(stock) == 0:
                delivered.wait(0.001)
                looks += 1
            restock(stock, query(stock) - 1)
            tell(buyer, looks)


@packages.breaks("condition.buyer-without-a-condition-looks-in-vain")
class PausesUnderTheLock:
    """A buyer without a condition holds the lock while it pauses."""

    @staticmethod
    def buy_by_looking(buyer, stock, lock, pause, tell):
        looks = 1
        with lock:
            while query(stock) == 0:
                pause(looks)
                looks += 1
            restock(stock, query(stock) - 1)
            tell(buyer, looks)


@packages.breaks("condition.delivery-between-look-and-wait-is-missed")
class LooksOnceMore:
    """The buyer who waits in the wrong way looks again before it waits."""

    @staticmethod
    def look_then_wait(stock, delivered, pause, patience):
        return sound.look_then_wait(stock, delivered, pause, patience) or query(stock) > 0


@packages.breaks("condition.buyer-that-fails-gives-the-lock-up")
class KeepsTheLockIfItFails:
    """A buyer who fails keeps the lock."""

    @staticmethod
    def buy(buyer, stock, delivered, tell):
        looks = 1
        delivered.acquire()
        while query(stock) == 0:
            delivered.wait()
            looks += 1
        restock(stock, query(stock) - 1)
        tell(buyer, looks)
        delivered.release()
