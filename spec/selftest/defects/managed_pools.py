"""Managed pools with a fault."""

from __future__ import annotations

from multiprocessing import managers
from multiprocessing.managers import SyncManager
from multiprocessing.pool import Pool
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.managers import BrokenManager

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


PoolProxy: Any = vars(managers)["PoolProxy"]


class _PoolsHere(SyncManager):
    _ctx: Any

    def Pool(self, *args):
        return self._ctx.Pool(*args)


@family.breaks("sharing.managed-pool-has-workers-of-the-server")
class PoolIsNotManaged(BrokenManager):
    """A manager's pool is a pool of the process that asks for it."""

    Served = _PoolsHere


class _NewForEachCaller(PoolProxy):
    def apply(self, *args):
        with Pool(1) as pool:
            return pool.apply(*args)


class _ServesPoolsThatAreNew(SyncManager):
    pass


_ServesPoolsThatAreNew.register("Pool", Pool, _NewForEachCaller)


@family.breaks("sharing.managed-pool-is-for-every-process")
class EachCallerHasItsPool(BrokenManager):
    """Each call has a pool of its own in the process that calls."""

    Served = _ServesPoolsThatAreNew


class _NeverTerminates(PoolProxy):
    def terminate(self):
        pass

    def join(self):
        pass


class _ServesPoolsThatStay(SyncManager):
    pass


_ServesPoolsThatStay.register("Pool", Pool, _NeverTerminates)


@family.breaks("sharing.managed-pool-is-for-every-process")
class TerminatesNoPool(BrokenManager):
    """`terminate()` of a managed pool does nothing."""

    Served = _ServesPoolsThatStay
