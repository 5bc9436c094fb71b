"""Children that end in a wrong way, or whose end has a wrong exit code."""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
import traceback

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


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
