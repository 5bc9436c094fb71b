"""Children with a fault at their end."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from multiprocessing import process, util
from typing import Any

from spec.engine.verdicts import HUNG
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


def silenced_by(*ends: type[BaseException]) -> Any:
    """Return a class of processes that lose unflushed output if one of the exceptions *ends* ends them."""

    class Silenced(ForkProcess):
        def run(self):
            try:
                super().run()
            except ends:
                vars(util)["_flush_std_streams"] = lambda: None
                raise

    return Silenced


@family.breaks("lifecycle.output-is-written-once")
class ExitLosesOutput(Broken):
    """Output that a child has not flushed is lost if the child calls `sys.exit`."""

    Process = silenced_by(SystemExit)


@family.breaks("lifecycle.output-is-written-once")
class FailureLosesOutput(Broken):
    """Output that a child has not flushed is lost if the child ends with an exception."""

    Process = silenced_by(Exception)


class _OfAGroup(ForkProcess):
    """A process that sends a signal to all its descendants in one way of ending it."""

    def _with_descendants(self, number):
        if self.pid is None or self.exitcode is not None:
            return
        found = [self.pid]
        for pid in found:  # more descendants may start meanwhile
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as children:
                found += map(int, children.read().split())
        for pid in found[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


class _TerminatedWithItsOwn(_OfAGroup):
    def terminate(self):
        self._check_closed()
        self._with_descendants(signal.SIGTERM)
        super().terminate()


@family.breaks("lifecycle.terminate-reaches-no-descendant")
class TerminatesDescendants(Broken):
    """Terminating a child terminates all its descendants too."""

    Process = _TerminatedWithItsOwn


class _KilledWithItsOwn(_OfAGroup):
    def kill(self):
        self._check_closed()
        self._with_descendants(signal.SIGKILL)
        super().kill()


@family.breaks("lifecycle.kill-reaches-no-descendant")
class KillsDescendants(Broken):
    """Killing a child kills all its descendants too."""

    Process = _KilledWithItsOwn


class _WaitsForAllThreads(ForkProcess):
    def run(self):
        super().run()
        for thread in threading.enumerate():
            if thread.daemon and thread.name != "QueueFeederThread":
                thread.join()


@family.breaks("lifecycle.does-not-wait-for-daemon-threads", verdicts=[HUNG])
class WaitsForDaemonThreads(Broken):
    """A child waits for its daemon threads too, except for the feeder threads of queues."""

    Process = _WaitsForAllThreads


_wait_for_threads = vars(threading)["_shutdown"]


def _end_daemons_and_wait_for_threads():
    if process.parent_process() is None:
        for child in process.active_children():
            if child.daemon:
                child.terminate()
                child.join()
    _wait_for_threads()


class _EndedWithMainsCode(ForkProcess):
    def start(self):
        super().start()
        vars(threading)["_shutdown"] = _end_daemons_and_wait_for_threads


@family.breaks("daemon.lives-while-a-thread-of-main-does")
class EndsDaemonsBeforeThreads(Broken):
    """A program ends its daemons when main's code has ended, while threads of main still run."""

    Process = _EndedWithMainsCode
