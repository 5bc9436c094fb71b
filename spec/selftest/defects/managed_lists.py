"""Managed lists with a fault: in their proxies, or in what the server holds."""

from __future__ import annotations

from multiprocessing.managers import DictProxy, ListProxy
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.own_processes import ForkProcess
from spec.selftest.defects.proxies import BrokenDict, Served

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("sharing.nested-managed-list-is-shared")
class CopiesNestedProxies(BrokenDict):
    """A managed list becomes a plain list when it is put into a managed dict."""

    class List(ListProxy):
        def __reduce__(self):
            return list, (self._getvalue(),)


@family.breaks("sharing.list-can-be-copied-and-cleared")
class LacksMethods(BrokenDict):
    """A managed list lacks the methods of a list that came with Python 3.3."""

    Process = ForkProcess  # its class has no known deviations

    class List(ListProxy):
        def __getattribute__(self, name):
            if name in {"clear", "copy"}:
                raise AttributeError(name)
            return super().__getattribute__(name)


@family.breaks("sharing.nested-managed-list-is-shared")
class AddsInPlaceToACopy(BrokenDict):
    """On the proxy of a list, ``+=`` adds to a plain copy."""

    class List(ListProxy):
        def __iadd__(self, items):  # type: ignore[misc]
            return [*self, *items]


@family.breaks("sharing.behaves-as-one-list")
class SlicesCannotBeReplaced(BrokenDict):
    """In a managed list only single items can be replaced, not slices."""

    class List(ListProxy):
        def __setitem__(self, index, value):
            if isinstance(index, slice):
                raise TypeError("list indices must be integers")
            super().__setitem__(index, value)


class _Stack(list):
    def pop(self, index=0):
        return super().pop(index)


class BrokenList(BrokenDict):
    """A multiprocessing API whose managers have other lists.

    Attributes:
        Listed: the class of the lists in the server.

    """

    Listed: Any = list

    def Manager(self):
        Served.register("dict", dict, DictProxy)
        Served.register("list", self.Listed, ListProxy)
        manager = Served(ctx=self.context)
        manager.start()
        return manager


@family.breaks("sharing.behaves-as-one-list")
class PopsTheFirst(BrokenList):
    """`pop()` of a managed list pops the first item."""

    Listed = _Stack


class _Unsorted(list):
    def sort(self, **_how):
        """Do nothing."""


@family.breaks("sharing.behaves-as-one-list")
class DoesNotSort(BrokenList):
    """`sort()` of a managed list does nothing."""

    Listed = _Unsorted


@family.breaks("sharing.behaves-as-one-list")
class AssignmentsAreLost(BrokenDict):
    """Assigning to an item of a managed list has no effect."""

    class List(ListProxy):
        def __setitem__(self, index, value):
            """Drop the *value*."""


class _PopsTheLastFirst(list):
    def pop(self, index=None):
        return super().pop(index) if index else super().pop()


@family.breaks("sharing.behaves-as-one-list")
class PlaceZeroIsNone(BrokenList):
    """`pop(0)` of a managed list pops the last item."""

    Listed = _PopsTheLastFirst


class _SortsUpwards(list):
    def sort(self, **_):
        super().sort()


@family.breaks("sharing.behaves-as-one-list")
class SortsUpwardsOnly(BrokenList):
    """`sort()` of a managed list ignores keyword arguments."""

    Listed = _SortsUpwards


@family.breaks("sharing.nested-managed-list-is-shared")
class RepeatsACopy(BrokenDict):
    """On the proxy of a list, ``*=`` repeats a plain copy."""

    class List(ListProxy):
        def __imul__(self, value):  # type: ignore[misc]
            return list(self) * value


@family.breaks("sharing.iteration-over-a-list-sees-changes")
class IteratesOverACopy(BrokenDict):
    """An iteration over a managed list is one over a copy."""

    class List(ListProxy):
        def __iter__(self):
            return iter(self[:])
