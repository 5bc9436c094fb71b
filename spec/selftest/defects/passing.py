"""What is passed to children, shared with them, shown of them or logged of them, with a fault."""

from __future__ import annotations

import copyreg
import inspect
import logging
import os
import pickle
import socket
import sys
import threading
from multiprocessing import context, popen_spawn_posix, reduction, spawn
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from spec.selftest.defects import sound
from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.handovers import preparing
from spec.selftest.defects.locks import DoesNothing
from spec.selftest.defects.sound import ForkProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

FORK: Any = context.ForkContext()
ForkingPickler: Any = reduction.ForkingPickler
BUILT_IN_REDUCERS = dict(copyreg.dispatch_table)
"""The reducers that are registered before a program registers any."""


class _Prepared(SpawnProcess):
    """A spawned process whose data for its beginning are changed, by `change`."""

    @classmethod
    def _Popen(cls, child):
        with preparing(cls.change):
            return popen_spawn_posix.Popen(child)


class _PassesFunctions(ForkProcess):
    def __init__(self, *arguments, args=(), **named):
        super().__init__(*arguments, args=[_without_object(argument) for argument in args], **named)


def _without_object(argument):
    if isinstance(argument, dict):
        return {key: _without_object(value) for key, value in argument.items()}
    if isinstance(argument, socket.socket):
        return socket.socket(argument.family, argument.type)
    return argument.__func__ if inspect.ismethod(argument) else argument


@family.breaks("isolation.methods-are-passed-with-their-object", "isolation.socket-can-be-passed")
class PassesTheClassOnly(Broken):
    """A method is passed to a child without its object, and a socket as a new one of its kind."""

    Process = _PassesFunctions


@family.breaks("isolation.values-and-arrays-are-shared")
class CopiesValues(Broken):
    """A child has its own copy of a shared value or array."""

    def Value(self, kind, *arguments, lock=True):
        return private_copy(self.context.Value(kind, *arguments, lock=False))

    def Array(self, kind, size_or_initializer, *, lock=True):
        return private_copy(self.context.Array(kind, size_or_initializer, lock=False))


def private_copy(shared):
    """Return a value or array like *shared* in memory of the process itself."""
    return type(shared).from_buffer_copy(shared)


@family.breaks("isolation.lock-of-a-value-excludes")
class ValuesHaveNoLock(Broken):
    """The lock of a shared value or array excludes nobody."""

    def Value(self, kind, *arguments, lock=True):
        return FORK.Value(kind, *arguments, lock=DoesNothing.Lock() if lock else False)

    def Array(self, kind, size_or_initializer, *, lock=True):
        return FORK.Array(kind, size_or_initializer, lock=DoesNothing.Lock() if lock else False)


@family.breaks("isolation.interpreter-can-be-chosen")
class KeepsItsInterpreter(Broken):
    """`set_executable()` does nothing."""

    method = "spawn"

    def set_executable(self, executable):
        pass


@family.breaks("isolation.interpreter-can-be-a-path-object")
class TakesNoPathObject(Broken):
    """`set_executable()` takes text and bytes only."""

    method = "spawn"

    def set_executable(self, executable):
        self.context.set_executable(executable + type(executable)())


class _AsksForTheInterpreter(ForkProcess):
    def start(self):
        os.stat(spawn.get_executable())
        super().start()


@family.breaks("isolation.fork-needs-no-interpreter")
class ForksOnlyBesideAnInterpreter(Broken):
    """A child is not forked if the program that `set_executable()` names is missing."""

    Process = _AsksForTheInterpreter


def _without_the_file(data):
    data.pop("init_main_from_path", None)


class _KnowsItsInterpreter(ForkProcess):
    def start(self):
        os.fsencode(sys.executable)
        super().start()


@family.breaks("isolation.fork-needs-no-known-interpreter")
class ForksOnlyIfItKnowsAnInterpreter(Broken):
    """A child cannot be forked by a program that does not know the path of an interpreter."""

    Process = _KnowsItsInterpreter


class _KeepsTheDict(ForkProcess):
    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        super().__init__(group, target, name, args, daemon=daemon)
        self._kwargs = {} if kwargs is None else kwargs


@family.breaks("isolation.one-dict-of-arguments-can-be-used-again")
class KeepsTheDictOfArguments(Broken):
    """A process keeps the very dict of keyword arguments that it is made with."""

    Process = _KeepsTheDict


def _pickled_by_built_in_reducers(thing):
    """Return a pickle of *thing* that was made without the reducers of the program."""
    with mock.patch.dict(copyreg.dispatch_table, BUILT_IN_REDUCERS, clear=True):
        return bytes(ForkingPickler.dumps(thing))


class _IgnoresReducers(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with mock.patch.dict(copyreg.dispatch_table, BUILT_IN_REDUCERS, clear=True):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.arguments-are-reduced-as-registered")
class ArgumentsIgnoreReducers(Broken):
    """Arguments are pickled without the reducers that `copyreg.pickle` has registered."""

    method = "spawn"
    Process = _IgnoresReducers


class _Pickled:
    def __init__(self, data):
        self.data = data

    def __reduce__(self):
        return pickle.loads, (self.data,)


@family.breaks("queue.messages-are-reduced-as-registered")
class ItemsIgnoreReducers(Broken):
    """Items are pickled without the reducers that `copyreg.pickle` has registered."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(_Pickled(_pickled_by_built_in_reducers(obj)), block, timeout)


class _LosesTheFile(_Prepared):
    change = staticmethod(_without_the_file)


@family.breaks("isolation.main-that-is-a-file-runs-again")
class RunsMainByNameOnly(Broken):
    """A child runs the main module again only if `python -m` runs it."""

    method = "spawn"
    Process = _LosesTheFile


@family.breaks("isolation.processors-are-counted")
class CountsOneMore(Broken):
    """`cpu_count()` counts a processor that there is not."""

    def cpu_count(self):
        return (os.cpu_count() or 0) + 1


class _Nondescript(ForkProcess):
    __repr__ = object.__repr__


@family.breaks("identity.repr-tells-the-state", "identity.repr-tells-the-exit-code")
class ProcessesLookAlike(Broken):
    """The repr of a process tells nothing about it."""

    Process = _Nondescript


@family.breaks("lifecycle.log-goes-to-stderr-if-asked-for", "lifecycle.logger-is-quiet-by-default")
class LogsElsewhere(Broken):
    """`log_to_stderr()` does not, and each call of `get_logger()` returns another logger."""

    def get_logger(self):
        return logging.Logger("another")

    def log_to_stderr(self, level=None):
        return self.get_logger()


class _MisnumbersItsThread(ForkProcess):
    def run(self):
        vars(threading.main_thread())["_native_id"] = self.pid + 1
        super().run()


@family.breaks("identity.main-thread-has-the-childs-pid")
class MisnumbersTheMainThread(Broken):
    """The main thread of a child has a native id that is not its own."""

    Process = _MisnumbersItsThread


def _without_main(data):
    data.pop("init_main_from_path", None)
    data.pop("init_main_from_name", None)


class _RunsMainByHand(_Prepared):
    change = staticmethod(_without_main)

    @classmethod
    def _Popen(cls, child):
        child.main = getattr(sys.modules["__main__"], "__file__", None)
        return super()._Popen(child)

    def run(self):
        if self.main:
            exec(Path(self.main).read_text(encoding="utf-8"), {"__name__": "__mp_main__", "__file__": self.main})
        super().run()


@family.breaks("isolation.main-finds-itself-while-it-runs-again")
class RunsMainByHand(Broken):
    """The main module that runs again is not in `sys.modules`."""

    method = "spawn"
    Process = _RunsMainByHand


class _LeavesAFile(SpawnProcess):
    def start(self):
        os.dup(0)
        super().start()


@family.breaks("isolation.start-that-fails-leaves-no-file")
class LeavesFilesOfStarts(Broken):
    """Each start leaves a file open."""

    method = "spawn"
    Process = _LeavesAFile


class _Bytes(bytes):
    pass


@family.breaks("identity.authkey-is-pickled-only-for-a-child")
class GivesItsKeyAway(Broken):
    """The authentication key can be pickled."""

    def current_process(self):
        process = self.context.current_process()
        return SimpleNamespace(authkey=_Bytes(process.authkey), name=process.name, pid=process.pid)


def _without_path(data):
    data["sys_path"] = [entry for entry in data["sys_path"] if "claim-" not in entry]


class _LosesThePath(_Prepared):
    change = staticmethod(_without_path)


@family.breaks("isolation.child-finds-modules-where-its-starter-does")
class LosesThePath(Broken):
    """A child does not look for modules in folders that its starter has added."""

    method = "spawn"
    Process = _LosesThePath


def _again(data):
    main = sys.modules["__main__"]
    if getattr(main.__spec__, "name", "").endswith("__main__"):
        data.pop("init_main_from_name", None)
        data["init_main_from_path"] = main.__file__


class _RunsPackagesAgain(_Prepared):
    change = staticmethod(_again)


@family.breaks("isolation.main-of-a-package-runs-once", "isolation.main-of-a-folder-or-an-archive-runs-once")
class RunsPackagesAgain(Broken):
    """A child runs `__main__` of a package again."""

    method = "spawn"
    Process = _RunsPackagesAgain
