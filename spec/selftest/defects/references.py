"""Managed objects and managers that live too short or too long."""

from __future__ import annotations

from multiprocessing import managers, process
from multiprocessing.context import get_spawning_popen
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.managers import BrokenManager, Server, SyncManager
from spec.selftest.defects.proxies import BrokenDict

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

DictProxy: Any = managers.DictProxy
ListProxy: Any = managers.ListProxy


class _CountedOnce(DictProxy):
    counted = False

    def _incref(self):
        if not self.counted:
            self.counted = True
            super()._incref()


@family.breaks("sharing.is-kept-for-a-childs-proxy")
class InheritedIsNotCounted(BrokenDict):
    """A proxy that a child inherits is not counted, so the object is dropped with the starter's proxy."""

    Dict = _CountedOnce


class _SentUncounted(DictProxy):
    def __reduce__(self):
        function, args = super().__reduce__()
        args[-1]["incref"] = get_spawning_popen() is not None
        return function, args


@family.breaks("sharing.proxy-can-be-sent")
class SentIsNotCounted(BrokenDict):
    """A proxy that was sent is not counted where it arrives, so the object is dropped with the sender's proxy."""

    Dict = _SentUncounted


class _NotKept(ListProxy):
    def __reduce__(self):
        function, args = super().__reduce__()
        return _rebuild_uncounted, (function, args)


def _rebuild_uncounted(function, args):
    proxy = function(*args)
    server: Any = getattr(process.current_process(), "_manager_server", None)
    if server:
        server.id_to_local_proxy_obj.pop(proxy._id, None)
    return proxy


@family.breaks("sharing.nested-managed-list-is-shared")
class NestedIsNotKept(BrokenDict):
    """A managed list in a managed dict is dropped with the proxy that was put into the dict."""

    List = _NotKept


class _Hoard(Server):
    def decref(self, c, ident):
        pass


class _Hoards(SyncManager):
    _Server = _Hoard


@family.breaks("sharing.is-dropped-with-its-last-proxy")
class DropsNothing(BrokenManager):
    """The server keeps every object for ever."""

    Served = _Hoards


class _LeavesTheRestToOthers(SyncManager):
    def __exit__(self, kind, error, traceback):
        if kind is None:
            super().__exit__(kind, error, traceback)


@family.breaks("sharing.leaving-its-block-shuts-it-down")
class OutlivesAnException(BrokenManager):
    """The manager is not shut down if an exception ends its with block."""

    Served = _LeavesTheRestToOthers


class _Swallows(SyncManager):
    def __exit__(self, *exception):
        super().__exit__(*exception)
        return True


@family.breaks("sharing.leaving-its-block-shuts-it-down")
class SwallowsTheException(BrokenManager):
    """The manager swallows an exception that ends its with block."""

    Served = _Swallows


kept: list[Any] = []


@family.breaks("sharing.server-ends-with-its-manager")
class IsNeverCollected(BrokenManager):
    """The manager lives until the program ends, although nothing refers to it."""

    def Manager(self):
        kept.append(super().Manager())
        return kept[-1]
