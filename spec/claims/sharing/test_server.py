"""The server process of a manager: where it runs, when it ends, and whom it accepts."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.shared import surroundings
from spec.claims.sharing import payloads, registered
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall, MakeWorker, Programs
from spec.engine.lessons import NotProvided
from spec.engine.marks import fresh_memory, needs, source, where
from spec.harness.checkpoint import Checkpoint
from spec.harness.held_waits import all_wait_without_limit, timed_waits
from spec.harness.process_table import ALIVE, GONE, state
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.unix_sockets import abstract_addresses
from spec.harness.witness import caller, kernel, other_than, recorder, refuses
from spec.harness.worker import CallFailed, Worker

pytestmark = needs("Process", "Lock", "Manager")


def server_of(client: Worker, lookup: Checkpoint) -> int:
    """Return the process that looks up a key of the *client*'s ``shared`` dict, as the kernel reports it."""
    client.begin("shared.get", payloads.PausingKey(lookup.pause))
    kernel.shows("whether the client waits for its answer", client.blocks(), expected=True)
    server = lookup.next().pid
    lookup.open()
    client.result()
    return server


def record_server(shared: Any, log: Recorder) -> None:
    """Record, as ``server``, the process that a value arrives in when it is written to the *shared* dict."""
    before = log.events("server")
    shared["server"] = payloads.PickledCall(partial(log, "server"))
    servers = [event.pid for event in log.events("server")[len(before) :]]
    kernel.shows("the processes that the value arrives in", servers, expected=other_than([]))
    kernel.shows("the last process that the value arrives in", servers[-1], expected=other_than(os.getpid()))


WELCOME = b"#WELCOME#"
"""The answer of a server to the digest that it expects, in the protocol of the standard library."""


def answer_to_wrong_digest(address: Any) -> bytes:
    """Return what the server at *address* answers to a digest that no key produces; nothing if it hangs up.

    A client that follows the protocol cannot see this.  It asks the server for a digest in turn, and closes the
    connection itself if that digest was made with a key other than its own.
    """
    with suppress(EOFError, ConnectionError), Client(address) as stranger:
        stranger.recv_bytes()
        stranger.send_bytes(b"no digest".ljust(16))
        return stranger.recv_bytes()
    return b""


@source("https://docs.python.org/3/library/multiprocessing.html#managers")
def test_lives_in_a_server_process(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """A managed dict lives in a process of its own: neither the one that created it nor one that uses it."""
    shared = manager.dict()
    first, second = worker(shared=shared), worker(shared=shared)
    servers = {server_of(first, checkpoint("first lookup")), server_of(second, checkpoint("second lookup"))}
    kernel.shows("the number of processes that the dict lives in", len(servers), expected=1)
    users = {os.getpid(), first.pid, second.pid}
    kernel.shows("whether one of them is a user of the dict", bool(servers & users), expected=False)


@source("https://github.com/sybrenjansen/mpire/pull/24")
@source("https://github.com/python/cpython/issues/97514", observed=True)
def test_server_listens_at_no_abstract_address(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """The server of a manager that was given no address listens at none to which processes of all users connect."""
    shared = manager.dict()
    server = server_of(worker(shared=shared), checkpoint("lookup"))
    kernel.shows("the abstract addresses at which it listens", abstract_addresses(server), expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#managers", observed=True)
def test_outlives_its_clients(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """What a child has written stays after the child is killed, even if that happens in the middle of a call."""
    lookup = checkpoint("lookup")
    shared = manager.dict(num=100)
    writer, reader = worker(shared=shared), worker(shared=shared)
    writer.call("shared.__setitem__", "num", 7)
    writer.begin("shared.get", payloads.PausingKey(lookup.pause))
    lookup.next()
    writer.kill()
    kernel.shows("whether the killed child is alive", state(writer.pid) == ALIVE, expected=False)
    lookup.open()
    until_still()  # now the server has done all that it does about the lost client
    caller.shows("what another child sees", reader.call("shared.get", "num"), expected=7)


@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.shutdown",
    observed=True,
)
def test_proxy_raises_after_shutdown(manager: Any, worker: MakeWorker) -> None:
    """After `shutdown`, every proxy raises an exception, whether or not its process has used it before."""
    shared = manager.dict(num=100)
    used, unused = worker(shared=shared), worker(shared=shared)
    seen = shared["num"], used.call("shared.get", "num")
    caller.shows("the number that the starter and a child see before shutdown", seen, expected=(100, 100))
    manager.shutdown()
    for client in used, unused:
        with refuses(CallFailed):
            client.call("shared.get", "num")
    with refuses(Exception):
        shared.get("num")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.shutdown")
def test_shutdown_ends_the_server(manager: Any, checkpoint: MakeCheckpoint, worker: MakeWorker) -> None:
    """Once `shutdown` has returned, the server process is gone, even if clients are still connected."""
    shared = manager.dict()
    client = worker(shared=shared)
    server = server_of(client, checkpoint("lookup"))
    kernel.shows("the state of the server", state(server), expected=ALIVE)
    manager.shutdown()
    kernel.shows("the state of the server after shutdown", state(server), expected=GONE)
    manager.shutdown()  # a second call has no effect
    kernel.shows("the state of a connected client", state(client.pid), expected=ALIVE)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager")
def test_leaving_its_block_shuts_it_down(mp: Multiprocessing, log: Recorder) -> None:
    """Once the `with` block of a manager is left, even by an exception, its server process is gone."""
    managers: list[Any] = []  # while the list refers to them, nothing else shuts them down

    def serve(*errors: Exception) -> None:
        with mp.Manager() as manager:
            managers.append(manager)
            record_server(manager.dict(), log)
            for error in errors:
                raise error

    serve()
    with refuses(payloads.WorkFailed):
        serve(payloads.WorkFailed())
    servers = [event.pid for event in log.events("server")]
    kernel.shows("the states of the two servers", [state(server) for server in servers], expected=[GONE, GONE])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager")
def test_server_ends_with_its_manager(mp: Multiprocessing, log: Recorder) -> None:
    """Once nothing refers to a manager any more, its server process is gone, even without a call of `shutdown`."""
    manager = mp.Manager()
    record_server(manager.dict(), log)
    server = log.only("server").pid
    kernel.shows("the state of the server", state(server), expected=ALIVE)
    del manager
    gc.collect()
    kernel.shows("the state of the server without its manager", state(server), expected=GONE)


@source("https://github.com/python/cpython/issues/80549", observed=True)
def test_server_minds_no_interrupt(manager: Any, log: Recorder) -> None:
    """The server process of a manager goes on after SIGINT, which Ctrl-C sends to it too."""
    shared = manager.dict(num=100)
    record_server(shared, log)
    server = log.events("server")[-1].pid
    os.kill(server, signal.SIGINT)
    until_still()  # a server that does not ignore SIGINT has ended now
    kernel.shows("the state of the server after SIGINT", state(server), expected=ALIVE)
    caller.shows("the number that the starter sees after SIGINT", shared["num"], expected=100)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.connection.Listener", observed=True)
def test_leaves_no_file_behind(program: Programs) -> None:
    """A program that has used a manager leaves nothing in the folder for temporary files."""
    before = os.listdir(tempfile.gettempdir())
    using = program.main(payloads.use_a_manager)
    kernel.shows("the program's exit status", using.exit_status(), expected=0)
    recorder.shows("what the program has printed", using.output, expected="100\n")
    kernel.shows("the names in the folder for temporary files", os.listdir(tempfile.gettempdir()), expected=before)


@needs("AuthenticationError", "current_process")
@source("https://docs.python.org/3/library/multiprocessing.html#authentication-keys")
def test_wrong_authkey_is_refused(mp: Any, manager: Any) -> None:
    """The server refuses a client that has the wrong authkey, and accepts one that has the right authkey."""
    if not hasattr(type(manager), "connect"):
        raise NotProvided("its managers have no connect")
    right = mp.current_process().authkey
    with refuses(mp.AuthenticationError):
        type(manager)(address=manager.address, authkey=b"not " + right).connect()
    answer = answer_to_wrong_digest(manager.address)
    caller.shows("the answer of the server to an invented digest", answer, expected=other_than(WELCOME))
    type(manager)(address=manager.address, authkey=right).connect()


@source("https://github.com/pypy/pypy/issues/4995")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager", observed=True)
def test_server_ends_with_an_interrupted_main(program: Programs, log: Recorder, checkpoint: MakeCheckpoint) -> None:
    """The server process of a manager is gone once its program, which SIGINT has interrupted, has ended."""
    waiting = checkpoint("main")
    running = program.main(payloads.serve_and_wait, log, waiting.pause)
    waiting.next()
    server = log.only("server").pid
    kernel.shows("the state of the server", state(server), expected=ALIVE)
    os.kill(running.pid, signal.SIGINT)
    running.exit_status()
    kernel.shows("the state of the server after the end of the program", state(server), expected=GONE)


@source("https://github.com/python/cpython/issues/132124")
def test_path_to_temporary_files_may_be_long(program: Programs, folder: Path, log: Recorder) -> None:
    """A manager works even if the path of the folder for temporary files leaves no room for a socket."""
    running = program.main(payloads.share_far_away, str(folder), log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("what is in a managed list", log.values("items"), expected=[["a ticket"]])


@where(fresh_memory)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager", observed=True)
def test_server_begins_with_fresh_memory(mp: Any) -> None:
    """Where children begin with fresh memory, so does the server of a manager."""
    registered.common_account().deposit(1)
    with mp.Manager() as manager:
        kind = type(manager)
    kind.register("common_account", registered.common_account)
    with mp.Manager() as manager:
        caller.shows("what is in the server's account", manager.common_account().deposit(0), expected=100)


@source("https://bugs.python.org/issue6056")
def test_sockets_may_have_a_timeout(manager: Any, forked_call: MakeForkedCall) -> None:
    """A call on a proxy waits for its answer without limit, even if new sockets have a timeout in its process."""
    queue = manager.Queue()

    def get() -> Any:
        with surroundings.sockets_with_a_timeout(0.01):
            return queue.get()

    clocks, getter = timed_waits(), forked_call(get)
    all_wait_without_limit({"get()": getter}, clocks)
    queue.put("dumpling")
    caller.shows("what the call returns", getter.result(), expected="dumpling")
