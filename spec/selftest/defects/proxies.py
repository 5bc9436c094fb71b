"""Proxies of managed dicts with a fault: in what they refer to, in their connections, and in what they pass on."""

from __future__ import annotations

import os
import threading
from multiprocessing import managers
from multiprocessing.context import get_spawning_popen
from multiprocessing.managers import ListProxy, SyncManager
from typing import Any

from spec.selftest.defects import own_processes
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

DictProxy: Any = managers.DictProxy


class Served(SyncManager):
    """A manager with other classes of dicts and lists."""


class BrokenDict(Broken):
    """A multiprocessing API whose managers have other dicts.

    Attributes:
        Dict: the class of proxies of dicts.
        List: the class of proxies of lists.
        Referent: the class of the dicts in the server.

    """

    Dict: Any = DictProxy
    List: Any = ListProxy
    Referent: Any = dict

    def Manager(self):
        Served.register("dict", self.Referent, self.Dict)
        Served.register("list", list, self.List)
        manager = Served(ctx=self.context)
        manager.start()
        return manager


@family.breaks("sharing.every-proxy-refers-to-one-object")
class ReadsOnce(BrokenDict):
    """The proxy reads each key once and then always returns that value."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            known = self.__dict__.setdefault("known", {})
            if not known or key not in known:  # the server looks the key up first
                known[key] = super().get(key, default)
            return known[key]

        def __getitem__(self, key):
            return self.get(key)


@family.breaks("sharing.every-proxy-refers-to-one-object")
class RemembersWhatItWrote(BrokenDict):
    """The proxy returns the value that it wrote last, even if another process has written since."""

    class Dict(DictProxy):
        written: Any

        def __setitem__(self, key, value):
            super().__setitem__(key, value)
            self.__dict__.setdefault("written", {})[key] = value

        def __getitem__(self, key):
            return self.written[key] if self.has_written(key) else super().__getitem__(key)

        def get(self, key, default=None):
            return self.written[key] if self.has_written(key) else super().get(key, default)

        def has_written(self, key):
            return "written" in self.__dict__ and key in self.written


@family.breaks("sharing.every-proxy-refers-to-one-object")
class IsCopiedWhenPickled(BrokenDict):
    """The proxy becomes a plain dict when it is pickled for a child."""

    method = "spawn"

    class Dict(DictProxy):
        def __reduce__(self):
            return dict, (self.copy(),)


@family.breaks("sharing.threads-get-their-own-answers")
class LooksKeysUpItself(BrokenDict):
    """The proxy fetches the whole dict to look up one key."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            return self.copy().get(key, default)


class _Versioned(dict):
    lock, count = threading.Lock(), 0

    def version(self):
        return self.count

    def write(self, version, key, value):
        with self.lock:
            if version not in (None, self.count):
                raise RuntimeError("somebody else has written meanwhile")
            self.count += 1
            self[key] = value


@family.breaks("sharing.subtraction-in-place-loses-updates")
class RefusesStaleWrites(BrokenDict):
    """The proxy refuses to write if another process has written since it last read."""

    Referent = _Versioned

    class Dict(DictProxy):
        _exposed_ = (*DictProxy._exposed_, "version", "write")

        def __getitem__(self, key):
            self.seen = self._callmethod("version")
            return super().__getitem__(key)

        def __setitem__(self, key, value):
            self._callmethod("write", (self.__dict__.pop("seen", None), key, value))


@family.breaks("sharing.proxy-raises-after-shutdown")
class AnswersTheDefaultAfterShutdown(BrokenDict):
    """After the server has ended, the proxy answers as if the dict were empty."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            try:
                return super().get(key, default)
            except (OSError, EOFError):
                return default


@family.breaks("sharing.proxy-raises-after-shutdown")
class AnswersFromMemoryAfterShutdown(BrokenDict):
    """After the server has ended, the proxy answers what it has received last."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            try:
                self.last = super().get(key, default)
            except (OSError, EOFError):
                if "last" not in self.__dict__:
                    raise
            return self.last


one_by_one = threading.RLock()


class _OneByOne(dict):
    def get(self, *args):
        with one_by_one:
            return super().get(*args)

    def __getitem__(self, key):
        with one_by_one:
            return super().__getitem__(key)


@family.breaks("sharing.calls-do-not-wait-for-each-other")
class ServesOneByOne(BrokenDict):
    """The server answers one call after another."""

    Referent = _OneByOne


class _Connections:
    """The state of a client, which should be separate for each thread."""


connections: dict[Any, _Connections] = {}


@family.breaks("sharing.threads-get-their-own-answers")
class ThreadsShareAConnection(BrokenDict):
    """All threads of a client share one connection to the server."""

    class Dict(DictProxy):
        def _callmethod(self, methodname, args=(), kwds=None):
            self._tls = connections.setdefault((os.getpid(), self._token.address), _Connections())
            return super()._callmethod(methodname, args, kwds or {})


@family.breaks("sharing.proxy-can-be-sent")
class SentAsACopy(BrokenDict):
    """A managed dict arrives as a plain copy when it is sent."""

    class Dict(DictProxy):
        def __reduce__(self):
            if get_spawning_popen() is None:
                return dict, (self.copy(),)
            return super().__reduce__()


@family.breaks("sharing.failed-call-leaves-no-garbage")
class FailedCallsLeaveGarbage(BrokenDict):
    """The frame in which a call fails keeps the exception, which keeps the frame."""

    Process = own_processes.ForkProcess

    class Dict(DictProxy):
        def __getitem__(self, key):
            try:
                return super().__getitem__(key)
            except KeyError as error:
                kept = error
                raise kept from None
