"""Managed lists with a fault: in their proxies, or in what the server holds."""

from __future__ import annotations

from multiprocessing.managers import DictProxy, ListProxy
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.proxies import BrokenDict, Served

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("sharing.nested-managed-list-is-shared")
class CopiesNestedProxies(BrokenDict):
    """A managed list becomes a plain one when it is put into a managed dict."""

    class List(ListProxy):
        def __reduce__(self):
            return list, (self._getvalue(),)


@family.breaks("sharing.nested-managed-list-is-shared")
class AddsInPlaceToACopy(BrokenDict):
    """The proxy of a list whose ``+=`` makes a plain list of what the managed one holds, and adds to that."""

    class List(ListProxy):
        def __iadd__(self, items):  # type: ignore[misc]
            return [*self, *items]


@family.breaks("sharing.behaves-as-one-list")
class SlicesCannotBeReplaced(BrokenDict):
    """A managed list of which single items can be replaced only."""

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
        Listed: what a list stands for, in the server.
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
    """A managed list that pops its first item."""

    Listed = _Stack


class _Unsorted(list):
    def sort(self, **_how):
        """Leave it as it is."""


@family.breaks("sharing.behaves-as-one-list")
class DoesNotSort(BrokenList):
    """A managed list that is not sorted when it is to be."""

    Listed = _Unsorted


@family.breaks("sharing.behaves-as-one-list")
class AssignmentsAreLost(BrokenDict):
    """A managed list whose items cannot be replaced."""

    class List(ListProxy):
        def __setitem__(self, index, value):
            """Lose the *value*."""


class _PopsTheLastFirst(list):
    def pop(self, index=None):
        return super().pop(index) if index else super().pop()


@family.breaks("sharing.behaves-as-one-list")
class PlaceZeroIsNone(BrokenList):
    """A managed list whose pop takes place 0 for no place, and pops the last item."""

    Listed = _PopsTheLastFirst


class _SortsUpwards(list):
    def sort(self, **_):
        super().sort()


@family.breaks("sharing.behaves-as-one-list")
class SortsUpwardsOnly(BrokenList):
    """A managed list whose sort takes no notice of what it is given by name."""

    Listed = _SortsUpwards


@family.breaks("sharing.nested-managed-list-is-shared")
class RepeatsACopy(BrokenDict):
    """The proxy of a list whose ``*=`` makes a plain list, and repeats that."""

    class List(ListProxy):
        def __imul__(self, value):  # type: ignore[misc]
            return list(self) * value
