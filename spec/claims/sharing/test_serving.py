"""Managers that are started by hand, reached by their address, or served by any process."""

from __future__ import annotations

import inspect
import signal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from spec.claims.sharing import registered
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.lessons import NotProvided
from spec.engine.marks import counts_references, needs, source, where
from spec.harness.process_table import GONE, state
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Manager", "AuthenticationError")

SERVER_KEY = b"a key that no process has by itself"


@pytest.fixture
def kind(mp: Any) -> Any:
    """The class of the API's managers."""
    with mp.Manager() as manager:
        if not hasattr(type(manager), "connect"):
            raise NotProvided("its managers have no connect")
        return type(manager)


@needs("get_context")
@source("https://docs.python.org/3/library/multiprocessing.html#using-a-remote-manager")
def test_manager_is_reached_by_its_address(mp: Any, kind: Any, worker: MakeWorker) -> None:
    """A process that knows the address and the key of a manager uses the same objects as its starter."""
    kind.register("common_account", callable=registered.common_account)
    client = worker(deposit=registered.deposit_from_afar)
    for address in None, ("localhost", 0):
        with kind(address=address, authkey=SERVER_KEY, ctx=mp.get_context()) as manager:
            client.call("deposit", kind, manager.address, SERVER_KEY, 1)
            caller.shows("what is in the account after that", manager.common_account().deposit(1), expected=102)
            with refuses(CallFailed, "AuthenticationError"):
                client.call("deposit", kind, manager.address, b"not " + SERVER_KEY, 1)


@needs("get_context")
@source("https://github.com/python/cpython/issues/78947")
@source("https://docs.python.org/3/library/multiprocessing.html#using-a-remote-manager", observed=True)
def test_next_server_at_an_address_is_reached(mp: Any, kind: Any, folder: Path, worker: MakeWorker) -> None:
    """A process that keeps a proxy of a server which has ended can use the next server at the same address."""
    kind.register("common_account", callable=registered.common_account)
    address, client, seen = str(folder / "address"), worker(client=registered.Client()), []
    for amount in 1, 2:
        with kind(address=address, authkey=SERVER_KEY, ctx=mp.get_context()):
            seen.append(client.call("client.deposit", kind, address, SERVER_KEY, amount))
    caller.shows("what is in the account of each server", seen, expected=[101, 102])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.get_server")
def test_any_process_can_serve(mp: Any, kind: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A process that calls `serve_forever` serves clients that know its address and key, until it is terminated."""
    serving = checkpoint("serving")
    server = mp.Process(target=registered.serve, args=(kind, None, SERVER_KEY, serving.pause))
    server.start()
    address = serving.next().let_go().notes[0]
    client = worker(deposit=partial(registered.deposit_from_afar, kind, address, SERVER_KEY))
    seen = [client.call("deposit", 1), registered.deposit_from_afar(kind, address, SERVER_KEY, 2)]
    caller.shows("what is in the account after each deposit", seen, expected=[101, 103])
    server.terminate()
    server.join()
    with refuses(CallFailed):
        client.call("deposit", 1)


@needs("get_context")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.start")
def test_manager_is_started_once(mp: Any, kind: Any) -> None:
    """A manager can be used once it was started, which runs the initializer in its server, and not started again."""
    kind.register("common_account", callable=registered.common_account)
    manager = kind(ctx=mp.get_context())
    with refuses(Exception):
        manager.dict()
    with refuses(TypeError, "callable"):
        manager.start("text")
    manager.start(registered.set_up, (20,))
    caller.shows("what is in the account", manager.common_account().deposit(0), expected=120)
    caller.shows("what is in the account of this process", registered.common_account().deposit(0), expected=100)
    for call in manager.start, manager.get_server:
        with refuses(Exception):
            call()
    with manager as entered:
        caller.shows("whether the with statement gives the manager", entered is manager, expected=True)
    for call in manager.start, manager.get_server, manager.__enter__:
        with refuses(Exception):
            call()


@needs("get_context")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.shutdown")
def test_stubborn_server_is_ended(mp: Any, kind: Any, log: Recorder) -> None:
    """`shutdown` ends a server that does not end in time, even one that also ignores SIGTERM."""
    if "shutdown_timeout" not in inspect.signature(kind).parameters:
        raise NotProvided("its managers take no shutdown_timeout")
    for signals in [], [signal.SIGTERM]:
        manager = kind(ctx=mp.get_context(), shutdown_timeout=0.1)
        manager.start(registered.stay, (signals, log))
        manager.shutdown()
        server = log.events("staying")[-1].pid
        kernel.shows("the state of the server after shutdown", state(server), expected=GONE)


@where(counts_references)  # a connection to the manager before is closed with its last proxy
@needs("get_context")
@source("https://docs.python.org/3/library/multiprocessing.html#using-a-remote-manager", observed=True)
def test_address_can_be_used_again(mp: Any, kind: Any, worker: MakeWorker, folder: Path) -> None:
    """Once a manager was shut down, another one can serve its address, and clients reach that one."""
    kind.register("common_account", callable=registered.common_account)
    client = worker(deposit=registered.deposit_from_afar)
    address: Any
    for address in str(folder / "address"), ("localhost", 0):
        for amount in 1, 2:
            with kind(address=address, authkey=SERVER_KEY, ctx=mp.get_context()) as manager:
                address = manager.address
                seen = client.call("deposit", kind, address, SERVER_KEY, amount)
                caller.shows("what is in the account of the manager", seen, expected=100 + amount)
