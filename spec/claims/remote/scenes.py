"""What several claims about hosts begin with."""

from __future__ import annotations

from typing import Any

from spec.claims.remote import payloads
from spec.engine.lessons import Lesson
from spec.harness.checkpoint import Checkpoint
from spec.harness.forked_call import ForkedCall
from spec.harness.hosts import Host

KEY = b"a key that is long enough to be found"


_kept: list[Any] = []
"""The proxies of a process that may be cut off: to drop a proxy, it connects to the server, and waits for minutes."""


def serve_on(host: Host, base: Any, serving: Checkpoint) -> tuple[ForkedCall, Any]:
    """Start a server of a till, a queue, a lock and a dict on the *host*; return it and its address."""
    server = host.start(payloads.serve, base, (host.address, 0), KEY, serving.pause)
    return server, serving.next().let_go().notes[0]


def open_office(host: Host, lesson: Lesson, base: Any, tickets: int, opened: Checkpoint) -> tuple[ForkedCall, Any]:
    """Open an office of the lesson on the *host*; return its process and its address."""
    server = host.start(lesson.open_office, base, (host.address, 0), KEY, tickets, opened.pause)
    return server, opened.next().let_go().notes[0]


def go_and_buy(lesson: Lesson, base: Any, address: Any, pause: Any) -> Any:
    """Go to the office, and buy one ticket; this is the program of a host."""
    _kept.extend(lesson.go_to_office(base, address, KEY))
    return lesson.buy(*_kept[-2:], pause)


def look_at_stock(lesson: Lesson, base: Any, address: Any) -> Any:
    """Return how many tickets are left."""
    stock, _ = lesson.go_to_office(base, address, KEY)
    return stock.left()


def go_and_send_buyers(mp: Any, lesson: Lesson, base: Any, address: Any, buyers: int, pause: Any, tell: Any) -> None:
    """Go to the office, and let so many children buy one ticket each; this is the program of a host."""
    lesson.send_buyers(mp, *lesson.go_to_office(base, address, KEY), buyers, pause, tell)
