"""Faults of isolation: memory is shared or copied back, or arguments arrive changed."""

from __future__ import annotations

import contextlib
import copy
import functools
import os
import sys
from multiprocessing import Pipe, forkserver, util
from typing import Any

from spec.selftest.defects.daemons import ThreadAsChild
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


class _InAThread(ForkProcess):
    _Popen = ThreadAsChild


@family.breaks(
    "isolation.child-is-another-process",
    "isolation.rebinding-stays-in-the-child",
    "isolation.change-in-place-stays-in-the-child",
)
class ChildrenAreThreads(Broken):
    """A child is a thread of its starter."""

    Process = _InAThread


class _Called:
    """A call in place of a child process."""

    returncode, sentinel = None, 0

    def __init__(self, child):
        self.pid = 2**30  # greater than every pid of the kernel, so no process gets a signal by mistake
        child.run()
        self.returncode = 0

    def poll(self):
        return self.returncode

    def wait(self, timeout):
        return self.returncode

    def terminate(self):
        pass

    kill = close = terminate


class _InTheStarter(ForkProcess):
    _Popen = _Called


@family.breaks("isolation.child-is-another-process", "isolation.arguments-are-copies")
class ChildrenAreCalls(Broken):
    """Starting a child calls its task in the starter; no process exists."""

    Process = _InTheStarter


class _OfAForkedServer(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        spawn_server, util.spawnv_passfds = util.spawnv_passfds, _fork_a_server
        try:
            return ForkServerProcess._Popen(child)
        finally:
            util.spawnv_passfds = spawn_server


own_server: Any = vars(forkserver)["_forkserver"]


def _fork_a_server(path, args, fds, spawn_other=util.spawnv_passfds):
    if "forkserver" not in args[-1]:
        return spawn_other(path, args, fds)
    pid = os.fork()
    if pid == 0:
        try:
            for fd in map(int, os.listdir("/proc/self/fd")):
                if fd > 2 and fd not in fds:
                    with contextlib.suppress(OSError):  # the descriptor of the listing itself is closed
                        os.close(fd)
            sys.argv = ["-c"]
            own_server.__init__()  # otherwise its lock would stay held, as it was at the fork
            exec(args[-1], {})
        finally:
            os._exit(0)
    return pid


@family.breaks("isolation.child-begins-with-fresh-memory", "isolation.child-runs-the-modules-again")
class ForkServerInheritsTheStartersMemory(Broken):
    """The fork server is a fork of the starter, so children begin with the starter's memory."""

    method = "forkserver"
    Process = _OfAForkedServer


class _OfAWellReadServer(ForkServerProcess):
    def start(self):
        if self.pid is None:  # otherwise it is refused
            forkserver.set_forkserver_preload([_module_of(self._target)])
        super().start()


@family.breaks("isolation.child-runs-the-modules-again")
class ForkServerRunsTheModules(Broken):
    """The fork server imports the first task's module, and children begin with what it left."""

    method = "forkserver"
    Process = _OfAWellReadServer


def _function(target):
    """Return the innermost function of a partial, and the arguments that are bound to it."""
    arguments: list[Any] = []
    while isinstance(target, functools.partial):
        arguments[:0] = target.args
        target = target.func
    return target, arguments


def _module_of(target):
    return getattr(_function(target)[0], "__module__", None) or "builtins"


def _globals(function):
    """Return the globals of the *function*; for a main module that was run again, these are not the module's own."""
    return getattr(function, "__globals__", {})


def _values(function, kind):
    """Return the public globals of the *function* that are of the type *kind*."""
    found = _globals(function).items()
    return {name: value for name, value in found if type(value) is kind and not name.startswith("_")}


class _BringsBack(SpawnProcess):
    """A process that sends an object to its starter at its end; the starter has the object after the join."""

    def start(self):
        if self.pid is None:  # otherwise it is refused
            self.begin()
            self._receiver, self._sender = Pipe(duplex=False)
        super().start()
        self._sender.close()

    def begin(self):
        self._called, _ = _function(self._target)

    def run(self):
        with self._sender:
            before = copy.deepcopy(self.look())
            super().run()
            now = self.look()
            self._sender.send({name: value for name, value in now.items() if value != before.get(name)})

    def join(self, timeout=None):
        super().join(timeout)
        if self.exitcode is not None and not self._receiver.closed:
            with self._receiver, contextlib.suppress(EOFError):  # the child did not come to the end of its task
                self.take(self._receiver.recv())


class _BringsRebindingsBack(_BringsBack):
    def look(self):
        return _values(self._called, int)

    def take(self, changes):
        _globals(self._called).update(changes)


@family.breaks("isolation.rebinding-stays-in-the-child")
class RebindingsComeBack(Broken):
    """A join rebinds the starter's globals to what the child has bound them to."""

    method = "spawn"
    Process = _BringsRebindingsBack


class _BringsListsBack(_BringsBack):
    def look(self):
        return _values(self._called, list)

    def take(self, changes):
        for name, value in changes.items():
            _globals(self._called)[name][:] = value


@family.breaks("isolation.change-in-place-stays-in-the-child")
class ChangesInPlaceComeBack(Broken):
    """A join changes the starter's global lists as the child has changed its own."""

    method = "spawn"
    Process = _BringsListsBack


class _BringsArgumentsBack(_BringsBack):
    def begin(self):
        self._mine = self.look()

    def look(self):
        arguments = [*_function(self._target)[1], *self._args]
        return {place: value for place, value in enumerate(arguments) if type(value) is list}

    def take(self, changes):
        for place, value in changes.items():
            self._mine[place][:] = value


@family.breaks("isolation.arguments-are-copies", "isolation.args-and-kwargs-are-copies")
class ArgumentsComeBack(Broken):
    """A join changes the arguments in the starter as the child has changed its own."""

    method = "spawn"
    Process = _BringsArgumentsBack


_left: dict[str, Any] = {}


class _TakesOver(_BringsBack):
    def begin(self):
        super().begin()
        self._left = _left

    def look(self):
        return {**_values(self._called, int), **_values(self._called, list)}

    def run(self):
        _globals(self._called).update(self._left)
        super().run()

    def take(self, changes):
        _left.update(changes)


@family.breaks("isolation.siblings-share-nothing")
class ChildrenTakeOver(Broken):
    """A child begins with the globals that the child before it has left, as if one worker ran all tasks."""

    method = "spawn"
    Process = _TakesOver


class _Forgetful(ForkProcess):
    def __init__(self, *arguments, kwargs=None, **others):
        super().__init__(*arguments, **others)


@family.breaks("isolation.args-and-kwargs-are-copies")
class DropsKeywordArguments(Broken):
    """The target does not get its keyword arguments."""

    Process = _Forgetful


class _TellsItsArguments(ForkProcess):
    def __init__(self, *, args=(), **others):
        super().__init__(args=args, **others)
        self._given, self._back = args, Pipe(duplex=False)

    def run(self):
        super().run()
        self._back[1].send([argument for argument in self._args if isinstance(argument, list)])

    def join(self, timeout=None):
        super().join(timeout)
        if self._back[0].poll():
            lists = [argument for argument in self._given if isinstance(argument, list)]
            for given, changed in zip(lists, self._back[0].recv()):
                given[:] = changed


@family.breaks("isolation.args-and-kwargs-are-copies")
class WritesArgumentsBack(Broken):
    """A join copies the lists that the child was passed back into the starter."""

    Process = _TellsItsArguments


_keywords: dict[Any, dict[str, Any]] = {}
_first: dict[int, tuple[list[Any], list[Any]]] = {}


class _CollectsKeywords(ForkProcess):
    def __init__(self, *, target=None, kwargs=None, **others):
        known = _keywords.setdefault(target, {})
        known.update(kwargs or {})
        super().__init__(target=target, kwargs=known, **others)


@family.breaks("isolation.args-and-kwargs-are-copies")
class RemembersKeywordArguments(Broken):
    """The target also gets the keyword arguments of earlier children."""

    Process = _CollectsKeywords


def _as_first_seen(argument):
    if not isinstance(argument, list):
        return argument
    _, copied = _first.setdefault(id(argument), (argument, list(argument)))
    return copied


class _AsOfTheFirst(SpawnProcess):
    def __init__(self, *, args=(), kwargs=None, **others):
        kwargs = {name: _as_first_seen(argument) for name, argument in (kwargs or {}).items()}
        super().__init__(args=tuple(map(_as_first_seen, args)), kwargs=kwargs, **others)


@family.breaks("isolation.arguments-are-copied-at-the-start")
class PassesArgumentsOfTheFirstStart(Broken):
    """A list that is passed to several children reaches each as it was when the first child was started."""

    method = "spawn"
    Process = _AsOfTheFirst
