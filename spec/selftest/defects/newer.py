"""What is new in the standard library, with a fault."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from multiprocessing import managers as managers_module
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.managers import BrokenManager, SyncManager
from spec.selftest.defects.sound import ForkProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

managers: Any = managers_module


class _Terminated(ForkProcess):
    def interrupt(self):
        self.terminate()


@family.breaks("lifecycle.interrupt-sends-sigint")
class InterruptTerminates(Broken):
    """To interrupt a child terminates it."""

    Process = _Terminated


class _InterruptedForGood(ForkProcess):
    def interrupt(self):
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)


@family.breaks("lifecycle.interrupting-an-exited-child-does-nothing")
class InterruptsThePid(Broken):
    """`interrupt()` sends a signal to the pid of a child, even if another process has that pid by now."""

    Process = _InterruptedForGood


class _LockedForItsHolder:
    def __init__(self, lock):
        self._lock = lock

    def __getattr__(self, name):
        if name == "_lock":  # while it is unpickled in a child
            raise AttributeError(name)
        return getattr(self._lock, name)

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *exception):
        return self._lock.__exit__(*exception)

    def locked(self):
        return self._lock._semlock._is_mine()


@family.breaks("lock.rlock-locked-tells-whether-any-process-holds-it")
class LockedForItsHolder(Broken):
    """What locked() of an RLock answers is whether the caller holds it."""

    def RLock(self):
        return _LockedForItsHolder(self.context.RLock())


class _Set(set):
    def discard(self, item):
        self.remove(item)


_METHODS = [name for name in dir(set) if not name.startswith("_")]
_OPERATORS = ("or", "and", "sub", "xor")
_SPECIAL_METHODS = [*_OPERATORS, *(f"r{name}" for name in _OPERATORS), "contains", "len", "le", "lt", "ge", "gt"]
_Proxy: Any = managers.MakeProxyType("_Proxy", (*_METHODS, *(f"__{name}__" for name in _SPECIAL_METHODS)))


class _WithSets(SyncManager):
    pass


class _WithSetsThatLackOperators(SyncManager):
    pass


_WithSets.register("set", _Set, _Proxy)
_WithSetsThatLackOperators.register("set", set, _Proxy)


@family.breaks("sharing.behaves-as-one-set")
class DiscardRemoves(BrokenManager):
    """To discard what is not in a managed set raises KeyError."""

    Served = _WithSets


@family.breaks("sharing.set-operators-in-place-change-it")
class OperatorsInPlaceGiveAPlainSet(BrokenManager):
    """On the proxy of a set, `|=` and its like give a plain set, and change nothing."""

    Served = _WithSetsThatLackOperators
