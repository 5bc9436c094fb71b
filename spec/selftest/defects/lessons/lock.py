"""Packages whose lesson `impl.lock` has a fault."""

from __future__ import annotations

import fcntl
import json
from functools import lru_cache
from multiprocessing.dummy import Process

from impl import lock as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("lock.oversells-without")
class AlwaysLocks:
    """The sale uses a lock even if it is told to use none."""

    @staticmethod
    def sell(mp, stock, buyers, lock, pause, tell):
        return sound.sell(mp, stock, buyers, mp.Lock(), pause, tell)


@packages.breaks("lock.query-needs-no-lock")
class CachesTheQuery:
    """The stock is read once, and each later query returns the same count."""

    query = staticmethod(lru_cache(sound.query))


@packages.breaks("lock.stock-is-data-never-code")
class EvaluatesTheStock:
    """The stock file is evaluated as code before it is checked."""

    @staticmethod
    def query(stock):
        try:
            count = eval(stock.read_text(encoding="utf-8"))["count"]
        except Exception as error:
            raise sound.StockError(f"{stock}: {error}") from error
        if type(count) is not int or count < 0:
            raise sound.StockError(f"{stock}: {count!r} is no count")
        return count


@packages.breaks("lock.admits-one-buyer-at-a-time")
class GivesEachBuyerALock:
    """The sale gives each buyer a lock of its own."""

    @staticmethod
    def sell(mp, stock, buyers, lock, pause, tell):
        queueing = [
            mp.Process(target=sound.buy, args=(buyer, stock, mp.Lock(), pause, tell)) for buyer in range(buyers)
        ]
        for process in queueing:
            process.start()
        return queueing


@packages.breaks("lock.admits-one-buyer-at-a-time", "lock.oversells-without")
class JoinsInsideTheSale:
    """The sale joins each buyer before it starts the next one."""

    @staticmethod
    def sell(mp, stock, buyers, lock, pause, tell):
        served = [mp.Process(target=sound.buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
        for process in served:
            process.start()
            process.join()
        return served


@packages.breaks("lock.buyer-that-fails-releases")
class KeepsTheLockIfItFails:
    """A buyer that fails does not release the lock."""

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):
        lock.__enter__()
        left = sound.query(stock)
        if left == 0:
            tell(buyer, "sold out")
        else:
            pause(left)
            sound.restock(stock, left - 1)
            tell(buyer, "bought")
        lock.__exit__(None, None, None)


@packages.breaks("lock.query-needs-no-lock")
class LocksTheQuery:
    """A query takes a lock on the stock file, which a buyer holds."""

    @staticmethod
    def query(stock):
        if not stock.exists():
            return sound.query(stock)
        with stock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return sound.query(stock)

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):

        def pause_alone(left):
            with stock.open() as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                pause(left)

        sound.buy(buyer, stock, lock, pause_alone, tell)


@packages.breaks("lock.missing-stock-is-refused")
class MakesTheStock:
    """A stock file that does not exist is created."""

    @staticmethod
    def query(stock):
        stock.touch()
        return sound.query(stock)


@packages.breaks("lock.schedules-that-oversell-without")
class NoticesTwoSales:
    """A buyer reads the stock again, and buys nothing if two tickets were sold in the meantime."""

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):
        with lock:
            left = sound.query(stock)
            if left == 0:
                tell(buyer, "sold out")
                return
            pause(left)
            if sound.query(stock) == left - 2:
                tell(buyer, "sold out")
                return
            sound.restock(stock, left - 1)
            tell(buyer, "bought")


@packages.breaks("lock.admits-one-buyer-at-a-time", "lock.hands-the-lock-on")
class ReleasesBeforeItWrites:
    """A buyer releases the lock before it has written the stock."""

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):
        with lock:
            left = sound.query(stock)
        if left == 0:
            tell(buyer, "sold out")
            return
        pause(left)
        sound.restock(stock, left - 1)
        tell(buyer, "bought")


@packages.breaks("lock.bad-stock-is-refused")
class RoundsTheCount:
    """Everything that int() accepts counts as a number of tickets."""

    @staticmethod
    def query(stock):
        try:
            count = int(json.loads(stock.read_text(encoding="utf-8"))["count"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise sound.StockError(f"{stock}: {error}") from error
        if count < 0:
            raise sound.StockError(f"{stock}: {count} is no count")
        return count


@packages.breaks("lock.buyer-that-fails-releases")
class SellsThoughItFailed:
    """A buyer takes the ticket even if the purchase fails."""

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):
        with lock:
            left = sound.query(stock)
            if left == 0:
                tell(buyer, "sold out")
                return
            try:
                pause(left)
            finally:
                sound.restock(stock, left - 1)
            tell(buyer, "bought")


class Buyer(Process):
    pid = 0


@packages.breaks("lock.admits-one-buyer-at-a-time")
class ServesAllInOneProcess:
    """All buyers are threads of one process."""

    @staticmethod
    def sell(mp, stock, buyers, lock, pause, tell):
        queueing = [Buyer(target=sound.buy, args=(buyer, stock, lock, pause, tell)) for buyer in range(buyers)]
        for buyer in queueing:
            buyer.start()
        return queueing


@packages.breaks("lock.hands-the-lock-on", "lock.sells-what-there-is")
class TakesTheLockLate:
    """A buyer reads the stock before it takes the lock."""

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):
        left = sound.query(stock)
        if left == 0:
            tell(buyer, "sold out")
            return
        with lock:
            pause(left)
            sound.restock(stock, left - 1)
            tell(buyer, "bought")


@packages.breaks("lock.oversells-without", "lock.any-number-oversell-without")
class WritesBeforeTheNetwork:
    """A buyer writes the stock before it waits for the network."""

    @staticmethod
    def buy(buyer, stock, lock, pause, tell):
        with lock:
            left = sound.query(stock)
            if left == 0:
                tell(buyer, "sold out")
                return
            sound.restock(stock, left - 1)
            pause(left)
            tell(buyer, "bought")


@packages.breaks("lock.query-never-sees-half-a-file")
class WritesInPlace:
    """The stock file is written in place, so it is empty for a moment."""

    @staticmethod
    def restock(stock, count):
        stock.write_text(json.dumps({"count": count}), encoding="utf-8")
