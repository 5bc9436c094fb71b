"""The office of the lesson, with buyers on other hosts, and its window."""

from __future__ import annotations

from functools import partial
from typing import Any

from spec.claims.remote import payloads
from spec.claims.remote.scenes import KEY, go_and_buy, go_and_send_buyers, look_at_stock, open_office
from spec.engine.fixtures import MakeCheckpoint, MakeHosts
from spec.engine.lessons import Lesson
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.tcp_connections import until_quiet
from spec.harness.witness import caller, gatekeeper, kernel, other_than, recorder

pytestmark = needs("Process", "Pipe", "BaseManager", "AuthenticationError")


@source("impl.remote.buy")
@source("impl.remote.send_buyers")
def test_sells_right_across_hosts(
    mp: Any, base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """Buyers on three hosts, who all know the office only by its address, buy as many tickets as it has."""
    here, *hosts = network(4)
    _, address = open_office(here, lesson, base, 4, checkpoint("opened"))
    reading, told = checkpoint("reading"), partial(log, "bought")
    shoppers = [host.start(go_and_send_buyers, mp, lesson, base, address, 2, reading.pause, told) for host in hosts]
    for left in 4, 3, 2, 1:
        buyer = reading.next()
        until_quiet()
        gatekeeper.shows("how many buyers are between read and write", len(reading.waiting), expected=1)
        recorder.shows("the count that the buyer has read", buyer.notes, expected=(left,))
        buyer.let_go()
    for shopper in shoppers:
        shopper.result()
    recorder.shows("which of six buyers have bought", sorted(log.values("bought")), expected=[False] * 2 + [True] * 4)
    left = hosts[0].start(look_at_stock, lesson, base, address).result()
    recorder.shows("the tickets that are left", left, expected=0)


@source("impl.remote.go_to_office")
def test_stock_is_one_for_all_hosts(
    base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """Every client, on whatever host, gets a proxy for the same stock, and sees what the others have changed."""
    here, one, another = network(3)
    _, address = open_office(here, lesson, base, 3, checkpoint("opened"))
    for host, left in ((one, 3), (another, 2), (one, 1)):
        recorder.shows(
            "the count that a host reads", host.start(look_at_stock, lesson, base, address).result(), expected=left
        )
        host.start(go_and_buy, lesson, base, address, bool).result()
    recorder.shows(
        "whether the next one can buy",
        another.start(go_and_buy, lesson, base, address, bool).result(),
        expected=False,
    )


@source("impl.remote.send_buyers")
@source("https://docs.python.org/3/library/multiprocessing.html#authentication-keys", observed=True)
def test_children_share_the_key(
    mp: Any, base: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint, log: Recorder
) -> None:
    """A child of a client that gets a proxy reaches the server, although nobody tells the child the key."""
    here, there = network(2)
    _, address = open_office(here, lesson, base, 3, checkpoint("opened"))
    caller.shows("the key of the process", bytes(mp.current_process().authkey), expected=other_than(KEY))
    buying = checkpoint("buying")
    host = there.start(go_and_send_buyers, mp, lesson, base, address, 1, buying.pause, partial(log, "bought"))
    child = buying.next()
    kernel.shows("the process that buys", child.pid, expected=other_than(host.pid))
    child.let_go()
    host.result()
    recorder.shows("whether the child has bought", log.values("bought"), expected=[True])


@source("impl.remote.answer_callers")
@source("impl.remote.ask")
def test_window_passes_over_bad_clients(
    connections: Any, lesson: Lesson, network: MakeHosts, checkpoint: MakeCheckpoint
) -> None:
    """The window answers those that know the key, whatever clients before them have sent."""
    here, there = network(2)
    opened = checkpoint("opened")
    window = here.start(_open_window, connections.Listener, lesson.answer_callers, here.address, 2, opened.pause)
    address = opened.next().let_go().notes[0]
    for what in payloads.NONSENSE:
        there.start(payloads.send_nonsense, address, what).result()
    for key in b"not " + KEY, None:
        there.start(payloads.send, connections.Client, address, key, "a question").failure()
    for question in "when", "where":
        answer = there.start(lesson.ask, connections.Client, address, KEY, question).result()
        recorder.shows("the answer", answer, expected=question.upper())
    window.result()


def _open_window(listen: Any, answer_callers: Any, address: str, calls: int, opened: Any) -> None:
    with listen((address, 0), authkey=KEY) as listener:
        opened(listener.address)
        answer_callers(listener, str.upper, calls)
