"""The server process of a manager: where it runs, when it ends, and whom it accepts."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Client
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.sharing import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.lessons import NotProvided
from spec.engine.marks import needs, source
from spec.harness.checkpoint import Checkpoint
from spec.harness.process_table import ALIVE, GONE, state
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import caller, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed, Worker

pytestmark = needs("Process", "Lock", "Manager")


def home_of(client: Worker, lookup: Checkpoint) -> int:
    """Return the process, as the kernel tells, in which a key of the *client*'s ``shared`` dict is looked up."""
    client.begin("shared.get", payloads.Key(lookup.pause))
    kernel.shows("whether a client waits for its answer", client.blocks(), expected=True)
    home = lookup.next().pid
    lookup.open()
    client.result()
    return home


def tell_its_home(shared: Any, log: Recorder) -> None:
    """Record as ``home`` in which process what is written to a *shared* dict arrives."""
    before = log.events("home")
    shared["home"] = payloads.Traveller(partial(log, "home"))
    homes = [event.pid for event in log.events("home")[len(before) :]]
    kernel.shows("the processes in which it arrives", homes, expected=other_than([]))
    kernel.shows("the last of them", homes[-1], expected=other_than(os.getpid()))


WELCOME = b"#WELCOME#"
"""What a server that speaks the standard library's protocol answers to the digest that it expects."""


def answer_to_a_stranger(address: Any) -> bytes:
    """Return what the server at *address* answers to a digest that no key gives; nothing if it hangs up.

    A client by the rules cannot tell: it is the next to ask the other for a digest, and leaves by itself if that
    is made with another key than its own.
    """
    with suppress(EOFError, ConnectionError), Client(address) as stranger:
        stranger.recv_bytes()
        stranger.send_bytes(b"no digest".ljust(16))
        return stranger.recv_bytes()
    return b""


@source("https://docs.python.org/3/library/multiprocessing.html#managers")
def test_lives_in_a_server_process(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A managed dict lives in a process of its own: neither the one that made it nor one that uses it."""
    shared = manager.dict()
    first, second = worker(shared=shared), worker(shared=shared)
    homes = {home_of(first, checkpoint("first lookup")), home_of(second, checkpoint("second lookup"))}
    kernel.shows("how many processes it lives in", len(homes), expected=1)
    kernel.shows("whether it is a user's", bool(homes & {os.getpid(), first.pid, second.pid}), expected=False)


@source("https://docs.python.org/3/library/multiprocessing.html#managers", observed=True)
def test_outlives_its_clients(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """What a child has written stays after the child was killed, also in the middle of a call."""
    lookup = checkpoint("lookup")
    shared = manager.dict(num=100)
    writer, reader = worker(shared=shared), worker(shared=shared)
    writer.call("shared.__setitem__", "num", 7)
    writer.begin("shared.get", payloads.Key(lookup.pause))
    lookup.next()
    writer.kill()
    kernel.shows("whether the writer is alive", state(writer.pid) == ALIVE, expected=False)
    lookup.open()
    until_still()  # so that whatever the server does about the loss is done
    caller.shows("what another child sees", reader.call("shared.get", "num"), expected=7)


@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.shutdown",
    observed=True,
)
def test_proxy_raises_after_shutdown(manager: Any, worker: MakeWorker) -> None:
    """After shutdown every proxy raises, whether its process has used it before or not."""
    shared = manager.dict(num=100)
    used, unused = worker(shared=shared), worker(shared=shared)
    caller.shows("the number before", (shared["num"], used.call("shared.get", "num")), expected=(100, 100))
    manager.shutdown()
    for client in used, unused:
        with refuses(CallFailed):
            client.call("shared.get", "num")
    with refuses(Exception):
        shared.get("num")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.shutdown")
def test_shutdown_ends_the_server(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Once shutdown has returned, the server process is gone, even if clients are still connected."""
    shared = manager.dict()
    client = worker(shared=shared)
    server = home_of(client, checkpoint("lookup"))
    kernel.shows("the server", state(server), expected=ALIVE)
    manager.shutdown()
    kernel.shows("the server after shutdown", state(server), expected=GONE)
    manager.shutdown()  # again, in vain
    kernel.shows("the client", state(client.pid), expected=ALIVE)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager")
def test_leaving_its_block_shuts_it_down(mp: Multiprocessing, log: Recorder) -> None:
    """Once the with block of a manager is left, be it by an exception, its server process is gone."""
    managers: list[Any] = []  # as long as they are referred to, nothing else ends them

    def serve(*errors: Exception) -> None:
        with mp.Manager() as manager:
            managers.append(manager)
            tell_its_home(manager.dict(), log)
            for error in errors:
                raise error

    serve()
    with refuses(payloads.Failed):
        serve(payloads.Failed())
    servers = [event.pid for event in log.events("home")]
    kernel.shows("the servers", [state(server) for server in servers], expected=[GONE, GONE])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager")
def test_server_ends_with_its_manager(mp: Multiprocessing, log: Recorder) -> None:
    """The server process of a manager that nothing refers to any more is gone, though nobody has shut it down."""
    manager = mp.Manager()
    tell_its_home(manager.dict(), log)
    server = log.only("home").pid
    kernel.shows("the server", state(server), expected=ALIVE)
    del manager
    gc.collect()
    kernel.shows("the server without its manager", state(server), expected=GONE)


@source("https://github.com/python/cpython/issues/80549", observed=True)
def test_server_minds_no_interrupt(manager: Any, log: Recorder) -> None:
    """The server process of a manager goes on after SIGINT, which Ctrl-C sends to it too."""
    shared = manager.dict(num=100)
    tell_its_home(shared, log)
    server = log.events("home")[-1].pid
    os.kill(server, signal.SIGINT)
    until_still()  # whoever does not ignore it has ended
    kernel.shows("the server", state(server), expected=ALIVE)
    caller.shows("the number", shared["num"], expected=100)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Listener", observed=True)
def test_leaves_no_file_behind(program: Programs) -> None:
    """A program that has used a manager leaves nothing in the folder for temporary files."""
    before = os.listdir(tempfile.gettempdir())
    using = program.main(payloads.use_a_manager)
    kernel.shows("the program's exit status", using.exit_status(), expected=0)
    recorder.shows("what it has read", using.output, expected="100\n")
    kernel.shows("the folder for temporary files", os.listdir(tempfile.gettempdir()), expected=before)


@needs("AuthenticationError", "current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#authentication-keys")
def test_wrong_authkey_is_refused(mp: Any, manager: Any) -> None:
    """A client with the wrong authkey is turned away by the server, and one with the right key is let in."""
    if not hasattr(type(manager), "connect"):
        raise NotProvided("its managers have no connect")
    right = mp.current_process().authkey
    with refuses(mp.AuthenticationError):
        type(manager)(address=manager.address, authkey=b"not " + right).connect()
    answer = answer_to_a_stranger(manager.address)
    caller.shows("what the server answers to a digest made up", answer, expected=other_than(WELCOME))
    type(manager)(address=manager.address, authkey=right).connect()
