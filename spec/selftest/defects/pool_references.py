"""Pools with a fault in what refers to them, and in the exceptions that name what they could not send."""

from __future__ import annotations

from multiprocessing import pool
from typing import Any

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.pool_results import BrokenResults, SharedResult
from spec.selftest.defects.pools import BrokenPools, SharedPool

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

modules: Any = pool


@family.breaks("pool.keep-no-pool-once-they-are-there")
class ResultsKeepTheirPool(BrokenPools):
    """A result refers to its pool for as long as the result lives."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            results = super().imap(func, iterable, chunksize)
            results.given_by = self
            return results


class _Nondescript(modules.MaybeEncodingError):
    __repr__ = object.__repr__


@family.breaks("pool.exception-names-what-cannot-be-pickled")
class NamesNothingInARepr(BrokenResults):
    """The repr of the exception for a result that cannot be pickled tells nothing about it."""

    class Result(SharedResult):
        def get(self, timeout=None):
            try:
                return super().get(timeout)
            except modules.MaybeEncodingError as error:
                error.__class__ = _Nondescript
                raise
