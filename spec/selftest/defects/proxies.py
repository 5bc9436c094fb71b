"""Managed dicts with a fault: in the proxies by which processes reach them, or in what the server holds."""

from __future__ import annotations

import os
import threading
from functools import cache
from multiprocessing import managers
from multiprocessing.context import get_spawning_popen
from multiprocessing.managers import ListProxy, RemoteError, SyncManager
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

DictProxy: Any = managers.DictProxy


class Served(SyncManager):
    """A manager for which other dicts and lists are registered."""


class BrokenDict(Broken):
    """A multiprocessing API whose managers have other dicts.

    Attributes:
        Dict: the proxy of a dict.
        List: the proxy of a list.
        Referent: what it stands for, in the server.
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
    """A proxy that asks for each key once, and remembers the answer for ever."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            known = self.__dict__.setdefault("known", {})
            if not known or key not in known:  # no key is looked up here before the server has done so
                known[key] = super().get(key, default)
            return known[key]

        def __getitem__(self, key):
            return self.get(key)


@family.breaks("sharing.every-proxy-refers-to-one-object")
class RemembersWhatItWrote(BrokenDict):
    """A proxy that believes that a key has the value that it gave it last, whatever others have done since."""

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
    """A proxy that becomes a plain dict when it is handed to a child that does not inherit memory."""

    method = "spawn"

    class Dict(DictProxy):
        def __reduce__(self):
            return dict, (self.copy(),)


@family.breaks("sharing.threads-get-their-own-answers")
class LooksKeysUpItself(BrokenDict):
    """A proxy that fetches the whole dict to look a key up."""

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
    """A proxy that refuses to write if somebody else has written since it last read."""

    Referent = _Versioned

    class Dict(DictProxy):
        _exposed_ = (*DictProxy._exposed_, "version", "write")

        def __getitem__(self, key):
            self.seen = self._callmethod("version")
            return super().__getitem__(key)

        def __setitem__(self, key, value):
            self._callmethod("write", (self.__dict__.pop("seen", None), key, value))


@family.breaks("sharing.any-number-count-down", "sharing.any-number-lose-updates-without")
class HasNarrowNumbers(BrokenDict):
    """A dict that keeps of each whole number 32 bits."""

    class Referent(dict):
        def __setitem__(self, key, value):
            narrow = (value + 2**31) % 2**32 - 2**31 if type(value) is int else value
            super().__setitem__(key, narrow)


@family.breaks("sharing.one-call-is-one-step")
class PopsInTwoSteps(BrokenDict):
    """A proxy that pops a key in two calls: it gets the value, then deletes the key."""

    class Dict(DictProxy):
        def pop(self, key, *default):
            if default and key not in self:
                return default[0]
            value = self[key]
            super().pop(key, None)
            return value


@family.breaks("sharing.behaves-as-one-dict")
class SetsDefaultsAlways(BrokenDict):
    """A dict whose setdefault sets the key even if it is there."""

    class Referent(dict):
        def setdefault(self, key, default=None):
            self[key] = default
            return default


@family.breaks("sharing.behaves-as-one-dict")
class PopsTheOldest(BrokenDict):
    """A dict that pops the items in the order in which they came."""

    class Referent(dict):
        def popitem(self):
            for key in self:
                return key, self.pop(key)
            raise KeyError


@family.breaks("sharing.behaves-as-one-dict")
class TellsErrorsAsText(BrokenDict):
    """A proxy that raises the error of a manager, with a text, whatever error its server has met."""

    class Dict(DictProxy):
        def _callmethod(self, *args):
            try:
                return super()._callmethod(*args)
            except LookupError as error:
                raise RemoteError(repr(error)) from None


class _Following(list):
    def __init__(self, items, write):
        super().__init__(items)
        self.write = write

    def __reduce__(self):
        return list, (list(self),)

    def append(self, item):
        super().append(item)
        self.write(list(self))


@family.breaks("sharing.change-of-a-nested-list-is-lost")
class WritesNestedListsBack(BrokenDict):
    """A proxy that writes a plain list back to the dict when it is appended to."""

    class Dict(DictProxy):
        def __getitem__(self, key):
            value = super().__getitem__(key)
            return _Following(value, lambda items: self.update({key: items})) if type(value) is list else value


@family.breaks("sharing.nested-list-assigned-back-is-kept")
class WritesNoListTwice(BrokenDict):
    """A proxy that does not write a list which it has fetched from where it is to go, though it was changed."""

    class Dict(DictProxy):
        def __getitem__(self, key):
            self.fetched = super().__getitem__(key)
            return self.fetched

        def __setitem__(self, key, value):
            if type(value) is not list or value is not self.__dict__.get("fetched"):
                super().__setitem__(key, value)


@cache
def _the_dict():
    return {}


@family.breaks("sharing.two-dicts-are-independent")
class AllAreOne(BrokenDict):
    """All dicts of a manager are one and the same."""

    @staticmethod
    def Referent(**items):
        the_dict = _the_dict()
        the_dict.update(items)
        return the_dict


@family.breaks("sharing.proxy-raises-after-shutdown")
class AnswersTheDefaultAfterShutdown(BrokenDict):
    """A proxy that, where there is no server any more, answers as if the dict were empty."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            try:
                return super().get(key, default)
            except (OSError, EOFError):
                return default


@family.breaks("sharing.proxy-raises-after-shutdown")
class AnswersFromMemoryAfterShutdown(BrokenDict):
    """A proxy that, where there is no server any more, answers what it has heard last."""

    class Dict(DictProxy):
        def get(self, key, default=None):
            try:
                self.last = super().get(key, default)
            except (OSError, EOFError):
                if "last" not in self.__dict__:
                    raise
            return self.last


class _Listed(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, list(value) if isinstance(value, tuple) else value)


@family.breaks("sharing.keeps-any-value")
class TuplesBecomeLists(BrokenDict):
    """A managed dict that makes lists of tuples."""

    Referent = _Listed


class _OfText(dict):
    def __setitem__(self, key, value):
        super().__setitem__(str(key) if isinstance(key, int) else key, value)


@family.breaks("sharing.keeps-any-value")
class KeysBecomeText(BrokenDict):
    """A managed dict that makes texts of keys that are numbers."""

    Referent = _OfText


class _WithoutNone(dict):
    def __setitem__(self, key, value):
        if value is not None:
            super().__setitem__(key, value)


@family.breaks("sharing.keeps-any-value")
class NoneIsNotKept(BrokenDict):
    """A managed dict that does not keep None."""

    Referent = _WithoutNone


@family.breaks("sharing.can-be-gone-through")
class ItemsAreValues(BrokenDict):
    """A managed dict whose items are its values."""

    class Dict(DictProxy):
        def items(self):
            return self.values()


@family.breaks("sharing.can-be-gone-through")
class CannotBeGoneThrough(BrokenDict):
    """A managed dict that has no iterator."""

    class Dict(DictProxy):
        def __iter__(self):
            raise TypeError("'DictProxy' object is not iterable")


@family.breaks("sharing.can-be-gone-through")
class UpdatesFromOneSource(BrokenDict):
    """A managed dict that is updated from another dict, or by name, and not from both at once."""

    class Dict(DictProxy):
        def update(self, other=(), **named):
            super().update(other or named)


@family.breaks("sharing.keeps-any-value")
class TextIsTheProxys(BrokenDict):
    """A managed dict whose text is that of its proxy, not what is in it."""

    class Dict(DictProxy):
        def __str__(self):
            return repr(self)


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
    """A server that answers one call after the other, whoever waits."""

    Referent = _OneByOne


class _Connections:
    """What a client has, which threads of their own would each have."""


connections: dict[Any, _Connections] = {}


@family.breaks("sharing.threads-get-their-own-answers")
class ThreadsShareAConnection(BrokenDict):
    """A client whose threads share one connection to the server."""

    class Dict(DictProxy):
        def _callmethod(self, methodname, args=(), kwds=None):
            self._tls = connections.setdefault((os.getpid(), self._token.address), _Connections())
            return super()._callmethod(methodname, args, kwds or {})


@family.breaks("sharing.proxy-can-be-sent")
class SentAsACopy(BrokenDict):
    """A managed dict that arrives as a plain copy where it is sent."""

    class Dict(DictProxy):
        def __reduce__(self):
            if get_spawning_popen() is None:
                return dict, (self.copy(),)
            return super().__reduce__()
