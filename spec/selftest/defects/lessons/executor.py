"""Packages whose lesson `impl.executor` has a fault."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError, wait

from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("executor.takes-orders-without-waiting")
class WaitsForEachDish:
    """An order is taken only when the dish before it is done."""

    @staticmethod
    def take_orders(kitchen, cook, dishes):
        tickets = []
        for dish in dishes:
            tickets.append(kitchen.submit(cook, dish))
            wait(tickets)
        return tickets


@packages.breaks("executor.takes-orders-without-waiting")
class MixesTicketsUp:
    """The tickets are handed out in reverse order."""

    @staticmethod
    def take_orders(kitchen, cook, dishes):
        return [kitchen.submit(cook, dish) for dish in dishes][::-1]


@packages.breaks("executor.serves-as-they-are-done")
class ServesInOrder:
    """A dish is served once all that were ordered before it are."""

    @staticmethod
    def serve_as_done(tickets, serve):
        for ticket in tickets:
            serve(ticket.result())


@packages.breaks("executor.serves-as-they-are-done")
class ServesNothingSpoiled:
    """A dish that is spoiled is left out without a word."""

    @staticmethod
    def serve_as_done(tickets, serve):
        left = {*tickets}
        while left:
            done, left = wait(left, return_when="FIRST_COMPLETED")
            for ticket in done:
                if ticket.exception() is None:
                    serve(ticket.result())


@packages.breaks("executor.takes-back-what-no-worker-has")
class TakesBackTheFirst:
    """Only the first order is taken back."""

    @staticmethod
    def stop_taking(tickets):
        return [number for number, ticket in enumerate(tickets[:1]) if ticket.cancel()]


@packages.breaks("executor.takes-back-what-no-worker-has")
class TakesAllForCancelled:
    """The numbers of all orders are returned, also of those that are cooked."""

    @staticmethod
    def stop_taking(tickets):
        for ticket in reversed(tickets):
            ticket.cancel()
        return [*range(len(tickets))]


@packages.breaks("executor.tells-what-became-of-an-order")
class TakesLostForSpoiled:
    """A dish that was lost with the worker is said to be spoiled."""

    @staticmethod
    def what_became_of(ticket):
        try:
            return f"served {ticket.result()}"
        except CancelledError:
            return "cancelled"
        except Exception as error:
            return f"spoiled: {error}"


@packages.breaks("executor.tells-what-became-of-an-order")
class TakesCancelledForLost:
    """A ticket that was given back is said to be lost."""

    @staticmethod
    def what_became_of(ticket):
        try:
            return f"served {ticket.result()}"
        except (CancelledError, BrokenExecutor):
            return "lost"
        except Exception as error:
            return f"spoiled: {error}"
