"""Children that begin in a wrong state."""

from __future__ import annotations

import atexit
import copy
import os
import random
import signal
import sys
import threading
from multiprocessing import context, popen_spawn_posix, util
from multiprocessing.reduction import ForkingPickler
from typing import Any, Callable
from unittest import mock

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


def beginning_with(prepare: Callable[[], object]) -> Any:
    """Return a class of processes that call *prepare* before their own code."""

    class Prepared(ForkProcess):
        def run(self):
            prepare()
            super().run()

    return Prepared


@family.breaks("isolation.child-begins-where-its-starter-is")
class BeginsAtTheRoot(Broken):
    """A child begins in the root folder."""

    Process = beginning_with(lambda: os.chdir("/"))


@family.breaks("isolation.child-begins-where-its-starter-is")
class BeginsWithoutAMask(Broken):
    """A child begins with an empty file mode mask."""

    Process = beginning_with(lambda: os.umask(0))


@family.breaks("isolation.child-begins-where-its-starter-is")
class BeginsNicer(Broken):
    """A child has a higher nice value than its starter."""

    Process = beginning_with(lambda: os.nice(3))


@family.breaks("identity.is-of-its-starters-group")
class BeginsInASession(Broken):
    """Each child begins a session of its own, so no signal of the terminal reaches it."""

    Process = beginning_with(lambda: os.setsid())


@family.breaks("identity.is-of-its-starters-group")
class BeginsInAGroup(Broken):
    """Each child begins a process group of its own."""

    Process = beginning_with(lambda: os.setpgid(0, 0))


@family.breaks("lifecycle.can-be-interrupted")
class IgnoresInterrupts(Broken):
    """A child ignores SIGINT."""

    Process = beginning_with(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))


@family.breaks("lifecycle.can-be-interrupted")
class DiesOfInterrupts(Broken):
    """SIGINT kills a child at once, without a KeyboardInterrupt."""

    Process = beginning_with(lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


@family.breaks("queue.pipe-to-nobody-is-broken")
class DiesOfBrokenPipes(Broken):
    """SIGPIPE kills a child that writes to a pipe without a reader."""

    Process = beginning_with(lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))


@family.breaks("lifecycle.waits-for-its-threads")
class AbandonsItsThreads(Broken):
    """A child does not wait for its threads."""

    Process = beginning_with(lambda: setattr(threading, "_shutdown", lambda: None))


@family.breaks("lifecycle.output-is-written-once", "lifecycle.replaced-output-is-written")
class LosesItsOutput(Broken):
    """Output that a child has not flushed is lost when it ends."""

    Process = beginning_with(lambda: setattr(util, "_flush_std_streams", lambda: None))


@family.breaks("lifecycle.unfinished-lines-are-written")
class LosesAnUnfinishedLine(Broken):
    """Text without an end of line that a child has written to stderr is lost when the child ends."""

    Process = beginning_with(lambda: setattr(util, "_flush_std_streams", sys.stdout.flush))


class _Flushes(ForkProcess):
    def run(self):
        try:
            super().run()
        finally:
            sys.stdout.flush()


@family.breaks("lifecycle.needs-no-output", "lifecycle.needs-no-open-output")
class FlushesWhatIsNotThere(Broken):
    """A child without stdout fails when it ends, because it flushes stdout."""

    Process = _Flushes


class _Unflushed(ForkProcess):
    def start(self):
        with mock.patch.object(util, "_flush_std_streams"):
            super().start()

    def run(self):
        super().run()
        sys.stdout.flush()


@family.breaks("lifecycle.output-is-written-once")
class PrintsTwice(Broken):
    """Output that the starter has not flushed is written by each child too."""

    Process = _Unflushed


class _WithInput(ForkProcess):
    def start(self):
        with mock.patch.object(util, "_close_stdin"):
            super().start()


@family.breaks("isolation.child-has-no-input")
class ReadsItsStartersInput(Broken):
    """A child reads from the standard input of its starter."""

    Process = _WithInput


class _HandsOver(ForkProcess):
    def run(self):
        try:
            super().run()
        finally:
            atexit._run_exitfuncs()


@family.breaks("isolation.child-runs-no-cleanup-of-its-starter")
class RunsExitHandlersOfItsStarter(Broken):
    """A child runs the exit handlers of its starter when it ends."""

    Process = _HandsOver


class _OfLastTime(ForkProcess):
    def start(self):
        self.randomness = random.getstate()
        super().start()

    def run(self):
        random.setstate(self.randomness)
        super().run()


@family.breaks("isolation.children-have-random-numbers-of-their-own")
class ChildrenDrawTheSame(Broken):
    """A child continues the sequence of random numbers of its starter."""

    Process = _OfLastTime


class _CopiedEarly(ForkProcess):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        args = vars(self)["_args"]
        self._args = tuple(copy.copy(arg) if isinstance(arg, list) else arg for arg in args)


@family.breaks("isolation.arguments-are-copied-at-the-start")
class CopiesArgumentsEarly(Broken):
    """The arguments are copied when the process object is made, not when it is started."""

    Process = _CopiedEarly


class _Pickled(ForkProcess):
    def start(self):
        context.set_spawning_popen(mock.Mock())
        try:
            ForkingPickler.dumps(vars(self).get("_args", ()))
        finally:
            context.set_spawning_popen(None)
        super().start()


@family.breaks("isolation.forked-task-needs-no-pickling")
class PicklesWhatItForks(Broken):
    """What a forked child is given is pickled, although fork does not need that."""

    Process = _Pickled


class _Inheriting(SpawnProcess):
    @staticmethod
    def _Popen(child):
        def pass_more(path, args, fds, spawnv=util.spawnv_passfds):
            return spawnv(path, args, [*fds, *(fd for fd in _open_files() if fd > 2 and os.get_inheritable(fd))])

        with mock.patch.object(util, "spawnv_passfds", pass_more):
            return popen_spawn_posix.Popen(child)


def _open_files():
    return [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]


@family.breaks("isolation.child-has-none-of-the-starters-files")
class InheritsFiles(Broken):
    """A spawned child inherits all inheritable open files of its starter."""

    method = "spawn"
    Process = _Inheriting


class _WithoutArguments(SpawnProcess):
    def run(self):
        sys.argv = ["-c"]
        super().run()


@family.breaks("isolation.child-has-the-starters-command-line")
class SpawnedWithoutArguments(Broken):
    """A spawned child does not have the command line of its starter."""

    method = "spawn"
    Process = _WithoutArguments


AT_THE_BEGINNING = dict(os.environ)


class _WithoutOptions(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with mock.patch.object(util, "_args_from_interpreter_flags", list):
            return SpawnProcess._Popen(child)


@family.breaks("isolation.child-has-the-starters-options")
class SpawnedWithoutOptions(Broken):
    """The interpreter of a spawned child has none of the options of its starter's interpreter."""

    method = "spawn"
    Process = _WithoutOptions


class _OfTheBeginning(SpawnProcess):
    @staticmethod
    def _Popen(child):
        def with_env(path, args, fds, spawnv=util.spawnv_passfds):
            assignments = [f"{name}={value}" for name, value in AT_THE_BEGINNING.items()]
            return spawnv(b"/usr/bin/env", ["env", "-i", *assignments, os.fsdecode(path), *args[1:]], fds)

        with mock.patch.object(util, "spawnv_passfds", with_env):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.child-has-the-starters-environment")
class HasAnOldEnvironment(Broken):
    """A spawned child has the environment that its starter had when the API was imported."""

    method = "spawn"
    Process = _OfTheBeginning


class _NotItsOwnCode(ForkProcess):
    def _bootstrap(self, *args, **kwargs):
        with mock.patch.object(type(self), "run", ForkProcess.run):
            return super()._bootstrap(*args, **kwargs)


@family.breaks("lifecycle.subclass-runs-its-own-code")
class RunsTheTargetOnly(Broken):
    """The `run` method that a subclass defines is never called."""

    Process = _NotItsOwnCode


class _DiesWithItsThread(ForkProcess):
    def start(self):
        self.starters_thread = threading.get_native_id()
        super().start()

    def run(self):
        if self.starters_thread == os.getppid():
            return super().run()

        def watch():
            while os.path.exists(f"/proc/{os.getppid()}/task/{self.starters_thread}"):
                pass
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
        return super().run()


@family.breaks("lifecycle.outlives-the-thread-that-started-it")
class DiesWithTheStartersThread(Broken):
    """A child is killed when the thread that started it ends."""

    Process = _DiesWithItsThread


class _StartsNoOldThread(ForkProcess):
    def run(self):
        for thread in vars(threading)["_dangling"]:
            thread._started.set()
        super().run()


@family.breaks("lifecycle.child-starts-a-thread-that-its-starter-has-made")
class TakesThreadsForStarted(Broken):
    """A forked child takes each thread for started that its starter has made."""

    Process = _StartsNoOldThread
