"""The fork server that is the parent of all children: whom it serves, and what it does beforehand."""

from __future__ import annotations

import os
import signal
import stat
import sys
from pathlib import Path
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.isolation.strangers import ask_for_a_child, hang_up
from spec.claims.shared.steps import leave, steps
from spec.engine.fixtures import MakeCheckpoint
from spec.engine.lessons import NotProvided
from spec.engine.marks import fork_server_is_parent, needs, source, where
from spec.harness.checkpoint import Checkpoint
from spec.harness.holdings import holdings, holdings_of
from spec.harness.process_table import ALIVE, parent, settled, state, until_exited
from spec.harness.stillness import until_still
from spec.harness.unix_sockets import abstract_addresses, listening_sockets
from spec.harness.witness import caller, kernel, other_than

pytestmark = [needs("Process"), where(fork_server_is_parent)]


def fork_server_of(mp: Multiprocessing, working: Checkpoint) -> tuple[int, list[str]]:
    """Return the pid of the fork server, and the addresses of the Unix sockets that it listens on.

    Raises:
        NotProvided: it listens on none.
    """
    child = mp.Process(target=working.pause)
    child.start()
    arrival = working.next()
    fork_server = parent(arrival.pid) or 0
    sockets = listening_sockets(fork_server)
    if not sockets:
        raise NotProvided("its fork server listens on no Unix socket")
    arrival.let_go()
    child.join()
    return fork_server, sockets


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_join_ends_though_the_helper_was_killed(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """If its fork server was killed, a child runs on, and can be joined at its end; its exit code is then not 0."""
    working = checkpoint("working")
    child = mp.Process(target=steps(working.pause, leave(7)))
    child.start()
    arrival = working.next()
    fork_server = parent(arrival.pid) or 0
    kernel.shows("the fork server", fork_server, expected=other_than(os.getpid()))
    os.kill(fork_server, signal.SIGKILL)
    until_exited(fork_server)
    kernel.shows("the state of the child", settled(arrival.pid), expected=ALIVE)
    until_exited(arrival.let_go().pid)
    child.join()
    caller.shows("whether the exit code is a number other than 0", child.exitcode not in (None, 0), expected=True)


@source("https://docs.python.org/3/whatsnew/3.14.html#multiprocessing")
def test_helper_serves_no_stranger(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The fork server starts no child for a process that does not know its key."""
    _, sockets = fork_server_of(mp, checkpoint("working"))
    caller.shows("the answers to strangers", [ask_for_a_child(address) for address in sockets], expected=[b""])


@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_helper_survives_a_stranger(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The fork server goes on after a process that does not know its key has asked it for a child."""
    fork_server, sockets = fork_server_of(mp, checkpoint("working"))
    for address in sockets:
        ask_for_a_child(address)
    until_still()
    kernel.shows("the state of the fork server", state(fork_server), expected=ALIVE)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Process.exitcode", observed=True)
def test_helper_survives_a_client_that_hangs_up(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """A fork server, and its children's exit codes, survive a client that connects to it and hangs up."""
    working = checkpoint("working")
    fork_server, sockets = fork_server_of(mp, working)
    child = mp.Process(target=steps(working.pause, leave(7)))
    child.start()
    arrival = working.next()
    for address in sockets:
        hang_up(address)
    until_still()
    kernel.shows("the state of the fork server", state(fork_server), expected=ALIVE)
    arrival.let_go()
    child.join()
    caller.shows("the exit code of a child that was started before", child.exitcode, expected=7)


@needs("set_forkserver_preload")
@source("https://github.com/python/cpython/issues/126631")
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_forkserver_preload", observed=True
)
def test_helper_preloads_main(mp: Any, checkpoint: MakeCheckpoint, folder: Path) -> None:
    """A fork server that is told to preload `__main__` runs the main module once, and its children do not run it."""
    main, runs, working = folder / "main.py", folder / "runs", checkpoint("working")
    main.write_text(f"import os\nwith open({str(runs)!r}, 'a') as file:\n    print(os.getpid(), file=file)\n")
    sys.modules["__main__"].__file__ = str(main)
    mp.set_forkserver_preload(["__main__"])
    children = [mp.Process(target=working.pause) for _ in range(2)]
    for child in children:
        child.start()
    fork_servers = {parent(arrival.pid) for arrival in working.wait_for(2)}
    kernel.shows("the number of fork servers", len(fork_servers), expected=1)
    caller.shows("the processes that ran main", runs.read_text().split(), expected=[*map(str, fork_servers)])
    working.open()
    for child in children:
        child.join()


@source("https://github.com/python/cpython/issues/75489", observed=True)
def test_replaced_helper_leaves_no_file(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """When the fork server has been killed and replaced, the starter has as many files open as before."""
    files, working = [], checkpoint("working")
    for _ in range(3):
        fork_server, _ = fork_server_of(mp, working)
        files.append(holdings().files)
        os.kill(fork_server, signal.SIGKILL)
        until_exited(fork_server)
    kernel.shows("the number of open files with each fork server", files, expected=[files[0]] * 3)


@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_helper_keeps_nothing_of_its_children(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """However many children were joined, the fork server has as many open files as after the first, and no child."""
    fork_server, _ = fork_server_of(mp, checkpoint("working"))
    until_still()
    after_one = holdings_of(fork_server)
    for _ in range(20):
        child = mp.Process(target=int)
        child.start()
        child.join()
    until_still()
    kernel.shows("what the fork server has after 20 more children", holdings_of(fork_server), expected=after_one)


@source("https://github.com/python/cpython/issues/97514")
def test_helper_listens_at_no_abstract_address(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The fork server listens at no abstract address, to which processes of all users can connect."""
    fork_server, _ = fork_server_of(mp, checkpoint("working"))
    kernel.shows("the abstract addresses at which it listens", abstract_addresses(fork_server), expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_helper_serves_its_user_only(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """The socket on which the fork server listens may be used by its own user only."""
    _, sockets = fork_server_of(mp, checkpoint("working"))
    modes = [stat.S_IMODE(os.stat(address).st_mode) & 0o077 for address in sockets if not address.startswith("\0")]
    kernel.shows("the permissions of others", modes, expected=[0] * len(modes))
