"""Wrong signals, and signals with a wrong effect."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
from multiprocessing import resource_tracker
from typing import Any

from spec.harness.process_table import settled
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class Signalled(ForkProcess):
    def send(self, number):
        if self.exitcode is None:
            os.kill(self.pid, number)


class IsInterrupted(Signalled):
    def run(self):
        signal.signal(signal.SIGINT, signal.default_int_handler)  # shells let background jobs ignore it
        super().run()

    def terminate(self):
        self.send(signal.SIGINT)


@family.breaks("lifecycle.terminate-sends-sigterm", "lifecycle.terminated-child-cleans-nothing-up")
class TerminateInterrupts(Broken):
    """Terminating a child sends SIGINT, which raises an exception in it."""

    Process = IsInterrupted


class IsKilled(Signalled):
    def terminate(self):
        self.send(signal.SIGKILL)


@family.breaks("lifecycle.terminate-sends-sigterm", "lifecycle.outlives-terminate-if-it-handles-it")
class TerminateKills(Broken):
    """Terminating a child sends SIGKILL."""

    Process = IsKilled


class IsLeftAlone(Signalled):
    def terminate(self):
        self.send(0)


@family.breaks("lifecycle.terminate-sends-sigterm", "lifecycle.terminated-child-runs-no-further")
class TerminateDoesNothing(Broken):
    """Terminating a child does nothing."""

    Process = IsLeftAlone


class IsAskedTwice(Signalled):
    def terminate(self):
        self.send(signal.SIGTERM)
        if self.exitcode is None:
            settled(self.pid)  # it has handled the signal, or has ended
        self.send(signal.SIGTERM)


@family.breaks("lifecycle.terminate-sends-sigterm")
class TerminateAsksTwice(Broken):
    """Terminating a child sends SIGTERM a second time if the first one does not end the child."""

    Process = IsAskedTwice


class TakesItsSiblingsAlong(Signalled):
    def terminate(self):
        super().terminate()
        siblings: Any = set(multiprocessing.active_children()) - {self}
        for sibling in siblings:
            sibling.send(signal.SIGTERM)


@family.breaks("lifecycle.terminate-sends-sigterm")
class TerminateEndsSiblings(Broken):
    """Terminating a child terminates its siblings too."""

    Process = TakesItsSiblingsAlong


class KnowsThatItWasTerminated(ForkProcess):
    terminated = False

    def terminate(self):
        super().terminate()
        self.terminated = True


class IsPresumedDead(KnowsThatItWasTerminated):
    def is_alive(self):
        return super().is_alive() and not self.terminated


@family.breaks("lifecycle.terminate-is-a-request")
class TerminatedIsPresumedDead(Broken):
    """A child counts as dead as soon as it was terminated."""

    Process = IsPresumedDead


class IsWaitedFor(ForkProcess):
    def terminate(self):
        super().terminate()
        self.join()


@family.breaks("lifecycle.terminate-is-a-request")
class TerminateWaits(Broken):
    """Terminating a child waits until it has ended."""

    Process = IsWaitedFor


class HasNoPatience(Signalled):
    def terminate(self):
        super().terminate()
        self.join(0.2)
        self.send(signal.SIGKILL)
        self.join()


@family.breaks("lifecycle.terminate-is-a-request", "lifecycle.outlives-terminate-if-it-ignores-it")
class TerminateInsists(Broken):
    """Terminating a child kills it if it has not ended after a while."""

    Process = HasNoPatience


class IsKilledIfDeaf(Signalled):
    def terminate(self):
        self.send(signal.SIGKILL if self.is_deaf() else signal.SIGTERM)

    def is_deaf(self):
        if self.exitcode is not None:
            return False
        with open(f"/proc/{self.pid}/status") as status:
            ignored = int(status.read().partition("SigIgn:")[2].split()[0], 16)
        return bool(ignored & 1 << signal.SIGTERM - 1)


@family.breaks("lifecycle.outlives-terminate-if-it-ignores-it")
class TerminateKillsTheDeaf(Broken):
    """Terminating a child kills it if it ignores SIGTERM."""

    Process = IsKilledIfDeaf


class IsLookedUp(ForkProcess):
    def terminate(self):
        os.kill(self.pid, signal.SIGTERM)


@family.breaks("lifecycle.terminating-an-exited-child-does-nothing")
class TerminateNeedsTheProcess(Broken):
    """Terminating a child that was joined raises an exception because its process does not exist."""

    Process = IsLookedUp


class _IsAPid(ForkProcess):
    def _send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self):
        self._send_signal(signal.SIGTERM)

    def kill(self):
        self._send_signal(signal.SIGKILL)


@family.breaks("lifecycle.terminating-an-exited-child-does-nothing", "lifecycle.killing-an-exited-child-does-nothing")
class SignalsWhateverHasThePid(Broken):
    """Signals for a child that was joined are sent to whatever process has its pid now."""

    Process = _IsAPid


class ExitsOnSigterm(ForkProcess):
    def run(self):
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        super().run()


@family.breaks("lifecycle.terminated-child-cleans-nothing-up")
class SigtermUnwinds(Broken):
    """In a child, SIGTERM raises SystemExit, so cleanup code runs."""

    Process = ExitsOnSigterm


class CleansUpOnSigterm(ForkProcess):
    def run(self):
        signal.signal(signal.SIGTERM, self.clean_up)
        super().run()

    def clean_up(self, number, frame):
        atexit._run_exitfuncs()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


@family.breaks("lifecycle.terminated-child-cleans-nothing-up")
class SigtermRunsExitHandlers(Broken):
    """A child runs its exit handlers when it gets SIGTERM."""

    Process = CleansUpOnSigterm


class HoldsSigtermUp(ForkProcess):
    def run(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        super().run()


@family.breaks("lifecycle.terminated-child-dies-of-sigterm", "lifecycle.terminated-child-runs-no-further")
class SigtermIsBlocked(Broken):
    """A child runs its code with SIGTERM blocked."""

    Process = HoldsSigtermUp


class IsDeafAtFirst(SpawnProcess):
    def start(self):
        resource_tracker.ensure_running()  # it would unblock SIGTERM
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])

    def run(self):
        settled(os.getppid())  # it waits now, so it has sent a signal before if it does so at once
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it drops pending signals
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        super().run()


@family.breaks("lifecycle.can-be-terminated-at-once")
class EarlySigtermIsLost(Broken):
    """A signal that arrives before the child's code has begun is lost; it begins when its starter waits."""

    method = "spawn"
    Process = IsDeafAtFirst


class IsOnlyAsked(ForkProcess):
    def kill(self):
        self.terminate()


@family.breaks("lifecycle.kill-ends-what-ignores-sigterm", "lifecycle.kill-ends-what-handles-sigterm")
class KillTerminates(Broken):
    """Killing a child sends SIGTERM."""

    Process = IsOnlyAsked


class IsHungUpOn(Signalled):
    def run(self):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup lets programs ignore it
        super().run()

    def kill(self):
        self.send(signal.SIGHUP)


@family.breaks("lifecycle.kill-ends-what-ignores-sigterm", "lifecycle.kill-ends-what-handles-sigterm")
class KillHangsUp(Broken):
    """Killing a child sends SIGHUP."""

    Process = IsHungUpOn


class IsEndedOnce(KnowsThatItWasTerminated):
    def kill(self):
        if not self.terminated:
            super().kill()


@family.breaks("lifecycle.kill-ends-what-handles-sigterm", "lifecycle.end-insists")
class KillSparesTheTerminated(Broken):
    """Killing a child that was terminated does nothing."""

    Process = IsEndedOnce
