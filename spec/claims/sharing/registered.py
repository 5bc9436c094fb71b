"""Classes and functions that claims register with managers, and what clients and servers of managers do."""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from typing import Any

    from impl.contract import Pause
    from spec.harness.recorder import Recorder


class Overdrawn(Exception):
    """More is to be taken from an account than is in it."""


class Account:
    """Money, as a number that can be changed."""

    def __init__(self, amount: int = 0) -> None:
        self._amount = amount

    def __repr__(self) -> str:
        return f"{self._amount} yuan"

    def deposit(self, amount: int) -> int:
        """Add an *amount*, and return the balance."""
        self._amount += amount
        return self._amount

    def withdraw(self, amount: int) -> int:
        """Take an *amount*, and return the balance.

        Raises:
            Overdrawn: there is not so much.
        """
        if amount > self._amount:
            raise Overdrawn(amount)
        return self.deposit(-amount)

    def split(self, amount: int) -> Account:
        """Move an *amount* to another account, and return that."""
        self.withdraw(amount)
        return Account(amount)

    def installments(self) -> Generator[int, int, None]:
        """Add what is sent, beginning with nothing, and yield the balance each time."""
        amount = 0
        while True:
            amount = yield self.deposit(amount)

    def _secret(self) -> None:
        """Do what is not for clients."""


_common = Account(100)


def common_account() -> Account:
    """Return the account that there is once in each process."""
    return _common


def set_up(amount: int) -> None:
    """Deposit an *amount*; the initializer of a server."""
    common_account().deposit(amount)


def deposit_from_afar(kind: Any, address: object, authkey: bytes, amount: int) -> int:
    """Deposit an *amount* to the common account of the server at an *address*, and return the balance."""
    return Client().deposit(kind, address, authkey, amount)


class Client:
    """A client that keeps all its proxies."""

    def __init__(self) -> None:
        self._accounts: list[Any] = []

    def deposit(self, kind: Any, address: object, authkey: bytes, amount: int) -> int:
        """Connect to the server at an *address*, deposit to its common account, and return the balance."""
        kind.register("common_account")
        client = kind(address=address, authkey=authkey)
        client.connect()
        self._accounts.append(client.common_account())
        return int(self._accounts[-1].deposit(amount))


def serve(kind: Any, address: object, authkey: bytes, serving: Pause) -> None:
    """Serve the common account in this process until a client shuts the server down."""
    kind.register("common_account", callable=common_account)
    server = kind(address=address, authkey=authkey).get_server()
    serving(server.address)
    server.serve_forever()


def stay(ignored: Sequence[int], log: Recorder) -> None:
    """Record ``staying``, ignore some signals, and let a thread keep this process from ending."""
    log("staying")
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=threading.Event().wait).start()
