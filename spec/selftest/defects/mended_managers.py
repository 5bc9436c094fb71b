"""Managers and proxies without a fault that those of the standard library have."""

from __future__ import annotations

import os
import threading
import weakref
from multiprocessing import (
    connection,
    managers,
    process,
)
from multiprocessing.context import get_spawning_popen
from typing import Any

from spec.selftest.defects.declaration import Broken
from spec.selftest.defects.proxies import BrokenDict

DictProxy: Any = managers.DictProxy
ListProxy: Any = managers.ListProxy
SyncManager: Any = managers.SyncManager


_sent: list[Any] = []


class _Dict(DictProxy):
    def __iter__(self):
        return iter(self.keys())

    def __reduce__(self):
        if get_spawning_popen() is None:
            _sent.append(self)
        return super().__reduce__()

    def _callmethod(self, methodname, args=(), kwds=None):
        try:
            return super()._callmethod(methodname, args, kwds or {})
        except KeyboardInterrupt:
            del self._tls.connection
            raise

    def pop(self, *args):
        value = super().pop(*args)
        len(self)  # so that the server refers to another answer
        return value


class _List(ListProxy):
    def __reduce__(self):
        return _rebuild, super().__reduce__()


def _rebuild(function, args):
    proxy = function(*args)
    server: Any = getattr(process.current_process(), "_manager_server", None)
    if server:
        kept = server.id_to_local_proxy_obj
        weakref.finalize(proxy, kept.pop, proxy._id, None)
    return proxy


class Proxies(BrokenDict):
    """Managed dicts and lists that are kept as long as something refers to them, and no longer."""

    Dict = _Dict
    List = _List


def _end_with_the_starter():
    threading.Thread(target=_wait_and_leave, args=(process.parent_process(),), daemon=True).start()


def _wait_and_leave(starter):
    connection.wait([starter.sentinel])
    os._exit(0)


class _ForgetsTheLastServer(SyncManager):
    def connect(self):
        vars(managers.BaseProxy)["_address_to_local"].pop(self.address, None)
        super().connect()


class Servers(Broken):
    """Managers that tell servers at one address apart, and whose server ends when the process does that made it."""

    def Manager(self):
        manager: Any = _ForgetsTheLastServer(ctx=self.context)
        manager.start(_end_with_the_starter)
        return manager
