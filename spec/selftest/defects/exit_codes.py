"""Exit codes with a fault."""

from __future__ import annotations

import contextlib
import mmap
import multiprocessing
import os
import signal
import sys
import traceback
from multiprocessing import popen_forkserver
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = multiprocessing.get_context("fork").Process
SpawnProcess: Any = multiprocessing.get_context("spawn").Process
ForkServerProcess: Any = multiprocessing.get_context("forkserver").Process


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


class IsAskedOfTheHelper(ForkServerProcess):
    @staticmethod
    def _Popen(process_obj):
        return HearsNothingOfSignals(process_obj)


@family.breaks("lifecycle.exit-code-of-a-killed-child", "lifecycle.exit-code-of-a-terminated-child")
class HelperKnowsNoSignals(Broken):
    """The fork server reports 255 for a child that a signal has killed."""

    method = "forkserver"
    Process = IsAskedOfTheHelper


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


class Confesses(ForkProcess):
    """A process whose child can leave a note for the starter."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.note = mmap.mmap(-1, 1)

    @property
    def confessed(self):
        return self.note[0] == 1

    def confess(self):
        self.note[0] = 1


class TellsItsCode(Confesses):
    def run(self):
        try:
            super().run()
        finally:
            self.confess()

    @property
    def exitcode(self):
        code = super().exitcode
        return 255 if code is not None and code >= 0 and not self.confessed else code


@family.breaks("lifecycle.exit-code-of-an-abrupt-exit")
class CodeIsLostUnlessTold(Broken):
    """The child itself sends its exit code at its end, so the code is lost if the child calls `os._exit`."""

    Process = TellsItsCode


class LeavesAbruptly(ForkProcess):
    def run(self):
        vars(sys)["exit"] = os._exit
        super().run()


@family.breaks("lifecycle.child-that-ends-by-itself-cleans-up")
class ExitIsAbrupt(Broken):
    """In a child `sys.exit` is `os._exit`, so all cleanup is skipped."""

    Process = LeavesAbruptly


class LeavesBareAsOne(ForkProcess):
    def run(self):
        try:
            super().run()
        except SystemExit as leaving:
            sys.exit(*leaving.args or [1])


@family.breaks("lifecycle.exit-code-of-a-bare-exit")
class BareExitIsOne(Broken):
    """A child that calls `sys.exit` without an argument has exit code 1, as in billiard."""

    Process = LeavesBareAsOne


class _LeavesTruthAsText(ForkProcess):
    def run(self):
        try:
            super().run()
        except SystemExit as leaving:
            if isinstance(leaving.code, bool):
                sys.exit(str(leaving.code))
            raise


@family.breaks("lifecycle.exit-code-is-what-it-left-with")
class TruthIsText(Broken):
    """A child that calls `sys.exit(False)` has exit code 1, as if False were a text."""

    Process = _LeavesTruthAsText


class LeavesTextAsZero(ForkProcess):
    def run(self):
        try:
            super().run()
        except SystemExit as leaving:
            if not isinstance(leaving.code, str):
                raise
            print(leaving.code, file=sys.stderr)


@family.breaks("lifecycle.exit-code-of-an-exit-with-text")
class ExitWithTextIsZero(Broken):
    """A child that calls `sys.exit` with a text prints it and has exit code 0, as in billiard."""

    Process = LeavesTextAsZero


class LeavesWithoutAWord(ForkProcess):
    def run(self):
        try:
            super().run()
        except SystemExit as leaving:
            sys.exit(1 if isinstance(leaving.code, str) else leaving.code)


@family.breaks("lifecycle.exit-code-of-an-exit-with-text")
class ExitWithTextIsSilent(Broken):
    """The text that a child passes to `sys.exit` is not printed."""

    Process = LeavesWithoutAWord


class FailsAsSuccess(ForkProcess):
    def run(self):
        try:
            super().run()
        except Exception:
            traceback.print_exc()


@family.breaks("lifecycle.exit-code-of-an-exception")
class ExceptionIsZero(Broken):
    """A child that ends with an exception prints the traceback and has exit code 0."""

    Process = FailsAsSuccess


class FailsSilently(ForkProcess):
    def run(self):
        try:
            super().run()
        except Exception:
            sys.exit(1)


@family.breaks("lifecycle.exit-code-of-an-exception")
class ExceptionIsSilent(Broken):
    """A child that ends with an exception has exit code 1 and prints nothing."""

    Process = FailsSilently


class FailsOnStdout(SpawnProcess):
    def run(self):
        with contextlib.redirect_stderr(sys.stdout):
            try:
                super().run()
            except Exception:
                traceback.print_exc()
                sys.exit(1)


@family.breaks("lifecycle.exit-code-of-an-exception")
class TracebackIsOnStdout(Broken):
    """A child that ends with an exception prints the traceback on stdout."""

    method = "spawn"
    Process = FailsOnStdout


class FailsItsStarter(Confesses):
    def run(self):
        try:
            super().run()
        except Exception:
            self.confess()
            raise

    def join(self, timeout=None):
        super().join(timeout)
        if self.confessed:
            raise ChildProcessError("the child has failed")


@family.breaks("lifecycle.exit-code-of-an-exception", "fanout.failed-children-stop-no-other-together")
class JoinRaises(Broken):
    """Joining a child that ended with an exception raises an exception in the starter, as futures do."""

    Process = FailsItsStarter


class UnknownToChildren(ForkProcess):
    @property
    def exitcode(self):
        code = super().exitcode
        return code if multiprocessing.parent_process() is None or code is None else 0


@family.breaks("lifecycle.child-gets-the-exit-codes-of-its-own")
class GrandchildrenAlwaysSucceed(Broken):
    """In a child, the exit code of each of its own children that has ended is 0."""

    Process = UnknownToChildren


class InterruptedAsSuccess(SpawnProcess):
    def run(self):
        try:
            super().run()
        except KeyboardInterrupt:
            traceback.print_exc()


@family.breaks("lifecycle.exit-code-of-an-interrupt")
class InterruptIsZero(Broken):
    """A child that ends with KeyboardInterrupt has exit code 0; only an Exception counts."""

    method = "spawn"
    Process = InterruptedAsSuccess
