"""Exit codes that the starter reports wrongly."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from multiprocessing import popen_forkserver

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class EndedBeforeItBegan(ForkProcess):
    @property
    def exitcode(self):
        return 0 if self.pid is None else super().exitcode


@family.breaks("identity.no-exit-code-before-the-end")
class ZeroBeforeStart(Broken):
    """The exit code of a process that was not started is 0."""

    Process = EndedBeforeItBegan


class EndsWhenAsked(ForkProcess):
    @property
    def exitcode(self):
        if self.pid is not None:
            self.join()
        return super().exitcode


@family.breaks("identity.no-exit-code-before-the-end")
class AskingWaits(Broken):
    """Asking for the exit code of a child waits for the child's end."""

    Process = EndsWhenAsked


class SucceedsAsNone(ForkProcess):
    @property
    def exitcode(self):
        return super().exitcode or None


@family.breaks("lifecycle.exit-code-of-a-normal-end", "lifecycle.exit-code-of-a-bare-exit")
class SuccessIsNone(Broken):
    """An exit code of 0, which is false, is taken for no exit code."""

    Process = SucceedsAsNone


class FailsUnlessItSaysOtherwise(SpawnProcess):
    def run(self):
        super().run()
        sys.exit(1)


@family.breaks("lifecycle.exit-code-of-a-normal-end")
class NormalEndIsOne(Broken):
    """The exit code is 1 unless the child's code calls `sys.exit` or a similar function."""

    method = "spawn"
    Process = FailsUnlessItSaysOtherwise


class Reports(ForkProcess):
    """A process whose exit code, when it has one, is passed through `report`."""

    @property
    def exitcode(self):
        code = super().exitcode
        return None if code is None else self.report(code)


class HasSevenBits(Reports):
    def report(self, code):
        return code & 127 if code > 0 else code


@family.breaks("lifecycle.exit-code-is-what-it-left-with")
class CodesHaveSevenBits(Broken):
    """Exit codes are reported modulo 128."""

    Process = HasSevenBits


class HasASign(Reports):
    def report(self, code):
        return code - 256 if code > 127 else code


@family.breaks("lifecycle.exit-code-is-what-it-left-with")
class CodesAreSignedBytes(Broken):
    """Exit codes are read as signed bytes, so those above 127 are negative."""

    Process = HasASign


class SpeaksShell(Reports):
    def report(self, code):
        return 128 - code if code > 128 else code


@family.breaks("lifecycle.exit-code-is-what-it-left-with")
class ShellsCodesAreSignals(Broken):
    """An exit code above 128 is taken for a signal, as a shell reports it."""

    Process = SpeaksShell


class DiesAsInAShell(Reports):
    def report(self, code):
        return 128 - code if code < 0 else code


@family.breaks("lifecycle.exit-code-of-a-killed-child", "lifecycle.exit-code-of-a-terminated-child")
class SignalsAreShellsCodes(Broken):
    """The exit code of a child that a signal has killed is 128 plus the signal's number, as in a shell."""

    Process = DiesAsInAShell


class LosesTheSign(Reports):
    def report(self, code):
        return abs(code)


@family.breaks("lifecycle.exit-code-of-a-killed-child", "lifecycle.exit-code-of-a-terminated-child")
class SignalsArePositive(Broken):
    """The exit code of a child that a signal has killed is the signal's number without the minus sign."""

    Process = LosesTheSign


class HearsNothingOfSignals(popen_forkserver.Popen):
    def poll(self, flag=os.WNOHANG):
        code = super().poll(flag)
        return 255 if code is not None and code < 0 else code


class IsAskedOfTheForkServer(ForkServerProcess):
    @staticmethod
    def _Popen(process_obj):
        return HearsNothingOfSignals(process_obj)


@family.breaks("lifecycle.exit-code-of-a-killed-child", "lifecycle.exit-code-of-a-terminated-child")
class ForkServerKnowsNoSignals(Broken):
    """The fork server reports 255 for a child that a signal has killed."""

    method = "forkserver"
    Process = IsAskedOfTheForkServer


class KnowsItsOwnSignals(Reports):
    def report(self, code):
        return code if code >= 0 or -code in (signal.SIGTERM, signal.SIGKILL) else 255


@family.breaks("lifecycle.exit-code-of-a-killed-child")
class OtherSignalsAreUnknown(Broken):
    """The exit code is 255 if a signal that the API itself never sends has killed the child."""

    Process = KnowsItsOwnSignals


class EndsAsRequested(Reports):
    def report(self, code):
        return 0 if code == -signal.SIGTERM else code


@family.breaks("lifecycle.exit-code-of-a-terminated-child")
class TerminatedIsZero(Broken):
    """The exit code of a terminated child is 0."""

    Process = EndsAsRequested


class UnknownToChildren(ForkProcess):
    @property
    def exitcode(self):
        code = super().exitcode
        return code if multiprocessing.parent_process() is None or code is None else 0


@family.breaks("lifecycle.child-gets-the-exit-codes-of-its-own")
class GrandchildrenAlwaysSucceed(Broken):
    """In a child, the exit code of each of its own children that has ended is 0."""

    Process = UnknownToChildren
