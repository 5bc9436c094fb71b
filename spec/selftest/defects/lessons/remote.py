"""Packages whose lesson `impl.remote` has a fault."""

from __future__ import annotations

import threading

from impl import remote as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("remote.sells-right-across-hosts")
class BuysWithoutTheLock:
    """Buyers do not take the lock."""

    @staticmethod
    def buy(stock, lock, pause):
        left = stock.left()
        if left:
            pause(left)
            stock.change_to(left - 1)
        return bool(left)


@packages.breaks("remote.stock-is-one-for-all-hosts")
class HasAStockForEachBuyer:
    """The office makes a new stock for each client."""

    @staticmethod
    def open_office(manager, address, key, tickets, tell):
        class Office(manager):  # type: ignore[misc, valid-type]
            pass

        lock = threading.Lock()
        Office.register("stock", callable=lambda: sound.Stock(tickets))
        Office.register("lock", callable=lambda: lock)
        server = Office(address=address, authkey=key).get_server()
        tell(server.address)
        server.serve_forever()


@packages.breaks("remote.children-share-the-key")
class BuysItself:
    """The process that is to send buyers buys itself."""

    @staticmethod
    def send_buyers(mp, stock, lock, buyers, pause, tell):
        for _ in range(buyers):
            sound.buy_and_tell(stock, lock, pause, tell)


@packages.breaks("remote.window-passes-over-bad-clients")
class ClosesAtTheFirstFailure:
    """The window closes when a client fails."""

    @staticmethod
    def answer_callers(listener, answer, calls):
        for _ in range(calls):
            with listener.accept() as caller:
                caller.send(answer(caller.recv()))
