"""Faults in names, and in other facts that a child knows about itself."""

from __future__ import annotations

import itertools
import mmap
import multiprocessing
import pickle
import threading
import uuid
from multiprocessing import process
from multiprocessing.context import ForkProcess, SpawnProcess
from multiprocessing.process import BaseProcess

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class LeavesItsName(ForkProcess):
    def __init__(self, *, name=None, **kwargs):
        super().__init__(**kwargs)
        self._default = self.name
        self.name = name or self.name

    def run(self):
        self.name = self._default
        super().run()


@family.breaks("identity.child-has-the-name-it-was-given")
class NameStaysBehind(Broken):
    """A child does not learn the name that it was given, and has its default name."""

    Process = LeavesItsName


class NumbersEveryName(ForkProcess):
    count = itertools.count(1)

    def __init__(self, *, name=None, **kwargs):
        super().__init__(name=name and f"{name}-{next(self.count)}", **kwargs)


@family.breaks("identity.child-has-the-name-it-was-given", "identity.any-text-can-be-the-name")
class GivenNamesAreNumbered(Broken):
    """A number is added to the name that a process was given."""

    Process = NumbersEveryName


class HasATitle(ForkProcess):
    def run(self):
        self.name = self.name.encode()[:15].decode(errors="ignore")
        super().run()


@family.breaks("identity.any-text-can-be-the-name")
class NameHasFifteenBytes(Broken):
    """A child's name is cut to 15 bytes, because it is stored as the name of a thread in the kernel."""

    Process = HasATitle


class IsToldOnTheCommandLine(SpawnProcess):
    def __getstate__(self):
        return {**self.__dict__, "_name": self.name.partition("\0")[0]}


@family.breaks("identity.any-text-can-be-the-name")
class NameEndsAtNul(Broken):
    """A child's name is passed on its command line, where it ends at the first NUL."""

    method = "spawn"
    Process = IsToldOnTheCommandLine


class StripsItsName(ForkProcess):
    def __init__(self, *, name=None, **kwargs):
        super().__init__(name=name and name.strip(), **kwargs)


@family.breaks("identity.any-text-can-be-the-name")
class NameIsStripped(Broken):
    """White space around a given name is dropped."""

    Process = StripsItsName


class SpeaksAscii(ForkProcess):
    def run(self):
        self.name = self.name.encode("ascii", "replace").decode()
        super().run()


@family.breaks("identity.any-text-can-be-the-name")
class NameIsAscii(Broken):
    """Characters of a child's name that are not ASCII reach the child as question marks."""

    Process = SpeaksAscii


class HasNoNumber(ForkProcess):
    def __init__(self, *, name=None, **kwargs):
        super().__init__(name=name or "Process", **kwargs)


@family.breaks("identity.default-names-are-unique")
class AllAreCalledAlike(Broken):
    """All processes have the same default name."""

    Process = HasNoNumber


class CountsOnlyTheNameless(ForkProcess):
    def __init__(self, *, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        if name:
            vars(process)["_process_counter"] = itertools.count(self._identity[-1])


@family.breaks("identity.default-names-are-numbered")
class NamedAreNotCounted(Broken):
    """A process that was given a name is not counted for the default names of others."""

    Process = CountsOnlyTheNameless


class _Counter(threading.local):
    """A counter that each thread gets the same numbers from."""

    number = 0

    def __next__(self):
        self.number += 1
        return self.number


class CountsInEachThread(ForkProcess):
    def __init__(self, **kwargs):
        if isinstance(vars(process)["_process_counter"], itertools.count):
            vars(process)["_process_counter"] = _Counter()
        super().__init__(**kwargs)


@family.breaks("identity.default-names-are-unique")
class ThreadsCountAlike(Broken):
    """Each thread counts the processes that it makes on its own, so those of two threads have the same numbers."""

    Process = CountsInEachThread


class IsCalledAtRandom(ForkProcess):
    def __init__(self, *, name=None, **kwargs):
        super().__init__(name=name or f"Process-{uuid.uuid4()}", **kwargs)


@family.breaks("identity.default-names-are-numbered", "identity.default-name-tells-the-descent")
class DefaultNamesAreRandom(Broken):
    """Default names are unique, but they contain no count and no descent."""

    Process = IsCalledAtRandom


class CountsTheLiving(ForkProcess):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        number = len(multiprocessing.active_children()) + 1
        self._identity = (*self._identity[:-1], number)
        if not kwargs.get("name"):
            self.name = "Process-" + ":".join(map(str, self._identity))


@family.breaks("identity.default-names-are-numbered", "identity.default-name-tells-the-descent")
class NumbersAreReused(Broken):
    """The number in a default name is one more than the number of live children."""

    Process = CountsTheLiving


class CountsAnew(ForkProcess):
    def __init__(self, *, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self._unnamed = not name

    def run(self):
        if self._unnamed:
            self.name = f"{type(self).__name__}-1"
        super().run()


@family.breaks("identity.default-names-are-unique")
class ChildMakesUpItsName(Broken):
    """A child without a given name makes up its name itself, with a counter that begins anew."""

    Process = CountsAnew


class GoesOnCounting(ForkProcess):
    count = itertools.count(1)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._identity = (*self._identity[:-1], next(self.count))
        if not kwargs.get("name"):
            self.name = "Process-" + ":".join(map(str, self._identity))


@family.breaks("identity.default-name-tells-the-descent")
class ChildGoesOnCounting(Broken):
    """The counter of children does not begin anew in a forked child."""

    Process = GoesOnCounting


class KeepsItsFirstName(ForkProcess):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._first = self.name

    def run(self):
        self.name = self._first
        super().run()


@family.breaks("identity.renamed-before-start")
class ChildIsNamedWhenMade(Broken):
    """A child gets the name that the process object was made with, even if it is renamed before the start."""

    Process = KeepsItsFirstName


class FixesItsName(ForkProcess):
    @property
    def name(self):
        return self._name

    @name.setter
    def name(self, name):
        if self.pid is None:
            self._name = name


@family.breaks("identity.renamed-while-it-runs")
class RenamingComesTooLate(Broken):
    """Renaming a child after its start has no effect."""

    Process = FixesItsName


class SharesItsName(ForkProcess):
    def __init__(self, **kwargs):
        self._shared = mmap.mmap(-1, 2**16)
        super().__init__(**kwargs)

    @property
    def _name(self):
        return pickle.loads(self._shared)

    @_name.setter
    def _name(self, name):
        data = pickle.dumps(name)
        self._shared[: len(data)] = data


@family.breaks("identity.renamed-while-it-runs")
class RenamingReachesTheChild(Broken):
    """The starter and the child share the name in memory, so renaming one renames the other."""

    Process = SharesItsName


class TakesItselfForOrdinary(ForkProcess):
    def is_daemon(self):
        return self is not multiprocessing.current_process() and super().daemon

    daemon = property(is_daemon, vars(BaseProcess)["daemon"].fset)


@family.breaks("identity.child-knows-whether-it-is-a-daemon")
class DaemonDoesNotKnow(Broken):
    """A daemon takes itself for an ordinary child."""

    Process = TakesItselfForOrdinary


class TakesDaemonForDone(ForkProcess):
    def is_daemon(self):
        return super().daemon or self.pid is not None

    daemon = property(is_daemon, vars(BaseProcess)["daemon"].fset)


@family.breaks("identity.child-knows-whether-it-is-a-daemon")
class StartedIsDaemon(Broken):
    """The attribute ``daemon`` of every process that was started is true."""

    Process = TakesDaemonForDone


_here = threading.local()


class _KnownToItsThread(ForkProcess):
    def run(self):
        _here.process = self
        super().run()


@family.breaks("identity.threads-know-their-process")
class ThreadsDoNotKnow(Broken):
    """In a child, `current_process()` is the main process in all threads but the main one."""

    Process = _KnownToItsThread

    def current_process(self):
        ours = process.current_process()
        if isinstance(ours, ForkProcess) and not hasattr(_here, "process"):
            return process._MainProcess()  # type: ignore[attr-defined]
        return ours


class _KnownByName(ForkProcess):
    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)


@family.breaks("identity.namesakes-are-told-apart")
class NamesakesAreEqual(Broken):
    """Two processes of the same name are equal."""

    Process = _KnownByName
