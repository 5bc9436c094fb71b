"""Remote: a ticket office on one host, with buyers on others.

Processes on several hosts share neither memory nor files.  A manager helps, because its clients talk to its server by
connections, and a connection can cross a network.  The office serves its stock and its lock at an address, which is a
host and a port.  A client that knows the address and the key calls their methods from anywhere.

Client and server prove to each other that they know the key, and never send it.  What they send then is pickled, and
not encrypted: anybody on the way can read it.  Whoever knows the key can run any code in the server.

No call has a time limit.  If the server is killed, its kernel hangs up, and the clients get an error.  If the network
fails, nobody tells them, and they wait.

``Listener`` and ``Client`` are what managers are made of: connections at an address, for messages of one's own.
"""

from __future__ import annotations

import socket
import threading
from typing import Annotated, Any, Callable

from impl.api import base_manager, connection_module
from impl.contract import Multiprocessing, Pause, Process
from impl.pauses import pause_for

KEY = b"a key that only the office and its buyers know"

Address = Any
"""A host and a port, as a tuple, or the path of a socket."""

Tell = Callable[[object], object]
"""Called with something to tell, which is picklable."""


class Stock:
    """How many tickets are left.  It is in the office, and buyers have a proxy for it.

    Args:
        left: how many there are at first.
    """

    def __init__(self, left: int) -> None:
        self._left = left

    def left(self) -> int:
        """Return how many tickets are left."""
        return self._left

    def change_to(self, left: int) -> None:
        """Say how many tickets are left."""
        self._left = left


def open_office(manager: Any, address: Address, key: bytes, tickets: int, tell: Tell) -> None:
    """Serve a stock of *tickets* and its lock in this process, until the process is ended.

    Args:
        manager: the class ``BaseManager`` of the API.
        address: where to serve; a port of 0 is replaced by a free one.
        key: what clients must know.
        tickets: how many tickets there are at first.
        tell: called with the address once clients can reach it.
    """
    stock, lock = Stock(tickets), threading.Lock()

    class Office(manager):  # type: ignore[misc]
        pass

    Office.register("stock", callable=lambda: stock)
    Office.register("lock", callable=lambda: lock)
    server = Office(address=address, authkey=key).get_server()
    tell(server.address)
    server.serve_forever()


def go_to_office(manager: Any, address: Address, key: bytes) -> tuple[Any, Any]:
    """Connect to the office, and return proxies for its stock and its lock, which can be passed to children.

    Args:
        manager: the class ``BaseManager`` of the API.
        address: that of the office.
        key: the one that the office has.

    Raises:
        AuthenticationError: it is another one; the class is that of the API.
        OSError: nobody serves at the address.
    """

    class Visit(manager):  # type: ignore[misc]
        pass

    Visit.register("stock")
    Visit.register("lock")
    visit = Visit(address=address, authkey=key)
    visit.connect()
    return visit.stock(), visit.lock()


def buy(stock: Any, lock: Any, pause: Pause) -> bool:
    """Buy one ticket, if one is left, and return whether one was.

    The lock is held from the read to the write, and released even if *pause* raises an exception; then no ticket is
    sold.

    Args:
        stock: a proxy for the stock.
        lock: a proxy for its lock.
        pause: called between the read and the write, with the count that was read, if that is not zero.
    """
    lock.acquire()
    try:
        left = stock.left()
        if left:
            pause(left)
            stock.change_to(left - 1)
        return bool(left)
    finally:
        lock.release()


def send_buyers(mp: Multiprocessing, stock: Any, lock: Any, buyers: int, pause: Pause, tell: Tell) -> None:
    """Start *buyers* children on this host, which each `buy` one ticket, and join them.

    The children get the proxies, and with them the address and the key.

    Args:
        mp: the multiprocessing API.
        stock: a proxy for the stock.
        lock: a proxy for its lock.
        buyers: how many children.
        pause: see `buy`.
        tell: called by each child with what `buy` has returned.
    """
    children = [mp.Process(target=buy_and_tell, args=(stock, lock, pause, tell)) for _ in range(buyers)]
    for child in children:
        child.start()
    for child in children:
        child.join()


def buy_and_tell(stock: Any, lock: Any, pause: Pause, tell: Tell) -> None:
    """Buy one ticket, and tell whether one was left; this runs in the child."""
    tell(buy(stock, lock, pause))


def answer_callers(listener: Any, answer: Callable[[Any], object], calls: int) -> None:
    """Answer one question of each client, until *calls* questions were answered.

    A client that does not know the key, sends nonsense, or hangs up too early is passed over.  With the standard
    library, one that stays connected and says nothing keeps all others waiting.

    Args:
        listener: a ``Listener`` of the API, which nobody closes meanwhile.
        answer: called with each question, and returns the answer.
        calls: how many questions to answer.
    """
    while calls:
        try:
            with listener.accept() as caller:
                caller.send(answer(caller.recv()))
                calls -= 1
        except Exception:  # whatever a client does wrong, the others are to be answered
            continue


def ask(connect: Any, address: Address, key: bytes, question: object) -> Any:
    """Connect, ask one *question*, and return the answer.

    Args:
        connect: the function ``Client`` of the API.
        address: that of the listener.
        key: the one that the listener has.
        question: what to ask.
    """
    with connect(address, authkey=key) as window:
        window.send(question)
        return window.recv()


def visit(manager: Any, address: Address, host: str, pause: Pause) -> None:
    """Buy until the tickets are sold out, and print what was bought; this is the program of a host."""
    stock, lock = go_to_office(manager, address, KEY)
    while buy(stock, lock, pause):
        print(f"{host} has bought a ticket", flush=True)
        pause()


def open_window(listen: Any, address: Address, calls: int, tell: Tell) -> None:
    """Answer so many callers, at an address that is told; this is the program of the window."""
    with listen(address, authkey=KEY) as listener:
        tell(listener.address)
        answer_callers(listener, "{} is open from nine to five".format, calls)


def start_and_hear(mp: Multiprocessing, target: Callable[..., object], *args: object) -> tuple[Process, Any]:
    """Start a child with ``target(*args, tell)``, and return it, and what it tells first.

    Raises:
        EOFError: the child ended before it told anything.
    """
    here, there = mp.Pipe(False)
    child = mp.Process(target=target, args=(*args, there.send), daemon=True)
    child.start()
    there.close()  # only the child has this end open now, so the pipe ends when the child does
    return child, here.recv()


def can_be_served(address: str) -> None:
    """State that a server of this machine can serve at an IP *address*.

    Raises:
        ValueError: it is no address of this machine, or nobody can connect to it.
    """
    try:
        socket.inet_pton(socket.AF_INET, address)
        with socket.create_server((address, 0)) as server:
            socket.create_connection(server.getsockname(), timeout=1).close()
    except OSError:
        raise ValueError(f"{address!r} is not an IPv4 address at which this machine can be reached") from None


def demo(
    mp: Multiprocessing,
    *,
    hosts: Annotated[int, "how many programs buy, each as if on a host of its own"] = 3,
    tickets: Annotated[int, "how many tickets the office has"] = 5,
    address: Annotated[str, "the IP address at which the office serves", can_be_served] = "127.0.0.1",
    pause: Annotated[float, "seconds between a buyer's read and its write"] = 0.2,
) -> None:
    """Three programs buy five tickets from an office that they know only by its address and its key.

    Look for the tickets that are left, and for what a caller with another key is told.
    """
    manager, connection = base_manager(mp), connection_module(mp)
    office, place = start_and_hear(mp, open_office, manager, (address, 0), KEY, tickets)
    print(f"the office serves at {address}")
    buyers = [
        mp.Process(target=visit, args=(manager, place, f"host {number + 1}", pause_for(pause)))
        for number in range(hosts)
    ]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    stock, _ = go_to_office(manager, place, KEY)
    left = stock.left()
    print(f"tickets left: {left}")
    office.terminate()
    window, place = start_and_hear(mp, open_window, connection.Listener, (address, 0), 1)
    try:
        ask(connection.Client, place, b"another key", "the office")
    except mp.AuthenticationError:
        print("a caller with another key is refused")
    print(ask(connection.Client, place, KEY, "the office"))
    for child in (window, office):
        child.join()
    print(f"result: {tickets} tickets, {hosts} hosts, {tickets - left} sold; the office shares no memory with them")
