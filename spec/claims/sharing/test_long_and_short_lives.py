"""Managers and proxies when a program ends, or makes many of them."""

from __future__ import annotations

import gc
import signal
import threading
from functools import partial
from typing import Any

from impl.contract import Multiprocessing
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.claims.sharing import payloads
from spec.engine.fixtures import Programs
from spec.engine.marks import counts_references, needs, source, where
from spec.engine.targets import Target
from spec.harness.holdings import holdings_of, leaves_nothing_behind
from spec.harness.process_table import GONE, settled, until_exited
from spec.harness.recorder import Recorder
from spec.harness.stillness import until_still
from spec.harness.witness import kernel, recorder

pytestmark = needs("Process", "Lock", "Manager")


@source("https://github.com/joblib/joblib/issues/1709", observed=True)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager", observed=True)
def test_program_that_shuts_no_manager_down_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, that end while they refer to managers and proxies print nothing on stderr."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_managers, target.name))


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager")
def test_server_ends_with_main(program: Programs, log: Recorder) -> None:
    """The server process of a manager is gone once its program has ended, in order or by an exception."""
    ends = [program_ends.exit_in_a_thread, program_ends.fail]
    programs = [program.main(payloads.serve_and_end, log, end) for end in ends]
    kernel.shows("the exit statuses", [running.exit_status() for running in programs], expected=[0, 1])
    servers = {event.pid for event in log.events("server")}
    kernel.shows("the number of servers", len(servers), expected=2)
    states = [settled(server) for server in servers]
    kernel.shows("the states of the servers after the end", states, expected=[GONE, GONE])


@source("https://github.com/pypy/pypy/issues/4995")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager")
def test_server_ends_with_a_killed_main(program: Programs, log: Recorder) -> None:
    """The server process of a manager exits once SIGTERM or SIGKILL has ended its program."""
    ends = [program_ends.be_terminated, program_ends.be_killed]
    programs = [program.main(payloads.serve_and_end, log, end) for end in ends]
    statuses = [running.exit_status() for running in programs]
    kernel.shows("the exit statuses", statuses, expected=[-signal.SIGTERM, -signal.SIGKILL])
    until_still()
    servers = {event.pid for event in log.events("server")}
    kernel.shows("the number of servers", len(servers), expected=2)
    for server in servers:
        until_exited(server)


@where(counts_references)
@source("https://docs.python.org/3/library/multiprocessing.html#cleanup")
def test_many_objects_leave_nothing_in_the_server(manager: Any, log: Recorder, scale: int) -> None:
    """However many managed objects many threads have used and dropped, the server keeps nothing of them."""

    def use() -> None:
        shared = manager.dict()
        shared["mortal"] = payloads.DropReporter(partial(log, "dropped"))
        thread = threading.Thread(target=len, args=(shared,))
        thread.start()
        thread.join()

    use()
    gc.collect()
    until_still()
    server = log.only("dropped").pid
    before = holdings_of(server)
    for _ in range(50 * scale):
        use()
    gc.collect()
    until_still()
    recorder.shows("the number of objects that were dropped", len(log.events("dropped")), expected=50 * scale + 1)
    kernel.shows("the files, threads, children and shared memory of the server", holdings_of(server), expected=before)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Manager", observed=True)
def test_many_managers_leave_nothing_behind(mp: Multiprocessing, scale: int) -> None:
    """However many managers were used and dropped, they leave no file, thread, process or shared memory."""

    def use() -> None:
        manager: Any = mp.Manager()
        manager.dict(num=100).copy()

    leaves_nothing_behind(use, 3 * scale)
