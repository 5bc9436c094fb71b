"""Managed dicts that do not behave as plain dicts do, and do not keep what is written to them."""

from __future__ import annotations

from functools import cache
from multiprocessing import managers
from multiprocessing.managers import RemoteError
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_processes import ForkProcess
from spec.selftest.defects.proxies import BrokenDict

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

DictProxy: Any = managers.DictProxy


@family.breaks("sharing.any-number-count-down", "sharing.any-number-lose-updates-without")
class HasNarrowNumbers(BrokenDict):
    """The dict keeps only 32 bits of each integer."""

    class Referent(dict):
        def __setitem__(self, key, value):
            narrow = (value + 2**31) % 2**32 - 2**31 if type(value) is int else value
            super().__setitem__(key, narrow)


@family.breaks("sharing.one-call-is-one-step")
class PopsInTwoSteps(BrokenDict):
    """The proxy pops a key in two calls: it gets the value, and then it deletes the key."""

    class Dict(DictProxy):
        def pop(self, key, *default):
            if default and key not in self:
                return default[0]
            value = self[key]
            super().pop(key, None)
            return value


@family.breaks("sharing.behaves-as-one-dict")
class SetsDefaultsAlways(BrokenDict):
    """`setdefault()` sets the key even if it is there."""

    class Referent(dict):
        def setdefault(self, key, default=None):
            self[key] = default
            return default


@family.breaks("sharing.behaves-as-one-dict")
class PopsTheOldest(BrokenDict):
    """`popitem()` returns the oldest item first."""

    class Referent(dict):
        def popitem(self):
            for key in self:
                return key, self.pop(key)
            raise KeyError


@family.breaks("sharing.behaves-as-one-dict")
class TellsErrorsAsText(BrokenDict):
    """The proxy raises the same error with a text, whatever exception was raised in the server."""

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
    """Appending to a plain list that was read from the dict also changes the dict."""

    class Dict(DictProxy):
        def __getitem__(self, key):
            value = super().__getitem__(key)
            return _Following(value, lambda items: self.update({key: items})) if type(value) is list else value


@family.breaks("sharing.nested-list-assigned-back-is-kept")
class WritesNoListTwice(BrokenDict):
    """Assigning a changed list back to the key that it was read from has no effect."""

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
    """All dicts of a manager are one dict."""

    @staticmethod
    def Referent(**items):
        the_dict = _the_dict()
        the_dict.update(items)
        return the_dict


class _Listed(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, list(value) if isinstance(value, tuple) else value)


@family.breaks("sharing.keeps-any-value")
class TuplesBecomeLists(BrokenDict):
    """A managed dict turns tuples into lists."""

    Referent = _Listed


class _OfText(dict):
    def __setitem__(self, key, value):
        super().__setitem__(str(key) if isinstance(key, int) else key, value)


@family.breaks("sharing.keeps-any-value")
class KeysBecomeText(BrokenDict):
    """A managed dict turns keys that are numbers into text."""

    Referent = _OfText


class _WithoutNone(dict):
    def __setitem__(self, key, value):
        if value is not None:
            super().__setitem__(key, value)


@family.breaks("sharing.keeps-any-value")
class NoneIsNotKept(BrokenDict):
    """A managed dict does not keep the value None."""

    Referent = _WithoutNone


@family.breaks("sharing.can-be-gone-through")
class ItemsAreValues(BrokenDict):
    """`items()` of a managed dict returns its values."""

    class Dict(DictProxy):
        def items(self):
            return self.values()


@family.breaks("sharing.can-be-gone-through")
class CannotBeGoneThrough(BrokenDict):
    """A managed dict cannot be iterated over."""

    class Dict(DictProxy):
        def __iter__(self):
            raise TypeError("'DictProxy' object is not iterable")


@family.breaks("sharing.can-be-gone-through")
class UpdatesFromOneSource(BrokenDict):
    """`update()` of a managed dict takes another dict or keyword arguments, but not both."""

    class Dict(DictProxy):
        def update(self, other=(), **named):
            super().update(other or named)


@family.breaks("sharing.keeps-any-value")
class TextIsTheProxys(BrokenDict):
    """`str()` of a managed dict is the text of its proxy, not of its contents."""

    class Dict(DictProxy):
        def __str__(self):
            return repr(self)


_METHODS = ("clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values")
_SPECIAL_METHODS = tuple(f"__{name}__" for name in ("contains", "delitem", "getitem", "iter", "len", "setitem"))
_Plain: Any = managers.MakeProxyType("_Plain", (*_METHODS, *_SPECIAL_METHODS))  # type: ignore[attr-defined]


@family.breaks("sharing.dict-can-be-merged", "sharing.dict-can-be-reversed", "sharing.is-a-mutable-collection")
class HasNoOperators(BrokenDict):
    """The proxy of a dict has the methods of a dict only, and is of no class that `collections.abc` knows."""

    Process = ForkProcess  # of no class that deviations are known of

    class Dict(_Plain):
        pass


@family.breaks("sharing.iteration-over-a-dict-notices-a-change-of-size")
class IteratesOverACopy(BrokenDict):
    """An iteration over a managed dict is one over a copy of its keys."""

    class Dict(DictProxy):
        def __iter__(self):
            return iter(self.keys())
