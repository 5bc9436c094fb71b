"""Pools with a fault in the ways to map: the order of results, chunks, and iterables of all kinds."""

from __future__ import annotations

import itertools

from spec.selftest.defects.declaration import Family
from spec.selftest.defects.pools import BrokenPools, SharedPool

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("pool.maps-as-the-built-in-does")
class DropsTheLastChunk(BrokenPools):
    """`map` drops the last chunk if it is not full."""

    class Faulty(SharedPool):
        def map(self, func, iterable, chunksize=None):
            items = list(iterable)
            return super().map(func, items[: len(items) // (chunksize or 1) * (chunksize or 1)], chunksize)


@family.breaks("pool.starmap-unpacks-its-items")
class UnpacksNothing(BrokenPools):
    """`starmap` calls the function with each item as it is."""

    class Faulty(SharedPool):
        def starmap(self, func, iterable, chunksize=None):
            return super().map(func, iterable, chunksize)


@family.breaks("pool.takes-any-iterable", "pool.imap-takes-an-endless-iterable")
class NeedsALength(BrokenPools):
    """What `imap` is to go through must have a length."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            return super().imap(func, [item for item, _ in zip(iterable, range(len(iterable)))], chunksize)


@family.breaks("pool.map-waits-for-all")
class MapsInAnyOrder(BrokenPools):
    """The results of `map` are in the order in which they are done."""

    class Faulty(SharedPool):
        def map(self, func, iterable, chunksize=None):
            return list(self.imap_unordered(func, iterable))


@family.breaks("pool.imap-hands-out-in-order")
class HandsOutInAnyOrder(BrokenPools):
    """`imap` hands out results in the order in which they are done."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            return self.imap_unordered(func, iterable, chunksize)


@family.breaks("pool.imap-unordered-hands-out-what-is-done")
class HandsOutInOrder(BrokenPools):
    """`imap_unordered` waits for the first result first."""

    class Faulty(SharedPool):
        def imap_unordered(self, func, iterable, chunksize=1):
            return self.imap(func, iterable, chunksize)


@family.breaks("pool.chunk-stays-with-one-worker")
class IgnoresChunks(BrokenPools):
    """The items of a chunk are given to workers one by one."""

    class Faulty(SharedPool):
        def map_async(self, func, iterable, chunksize=None, callback=None, error_callback=None):
            return super().map_async(func, iterable, 1, callback, error_callback)


@family.breaks("pool.chunks-of-nothing-are-refused")
class ChunksHaveOneItemAtLeast(BrokenPools):
    """A chunk size of zero or less is one."""

    class Faulty(SharedPool):
        def imap_unordered(self, func, iterable, chunksize=1):
            return super().imap_unordered(func, iterable, max(1, chunksize))


@family.breaks("pool.failing-iterable-fails-in-the-caller")
class EndsWithAFailingIterable(BrokenPools):
    """An iterable that fails is taken to have ended."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            return super().imap(func, _until_it_fails(iterable), chunksize)


def _until_it_fails(iterable):
    try:
        yield from iterable
    except Exception:
        return


@family.breaks("pool.large-items-and-results-pass")
class CutsOffWhatIsLarge(BrokenPools):
    """Of a large item only the beginning arrives."""

    class Faulty(SharedPool):
        def map(self, func, iterable, chunksize=None):
            cut = (item[:65536] if isinstance(item, bytes) else item for item in iterable)
            return super().map(func, cut, chunksize)


@family.breaks("pool.stopped-worker-stops-no-other")
class MapsAfterAllElse(BrokenPools):
    """`map` waits until all tasks that were given before are done."""

    class Faulty(SharedPool):
        def __init__(self, *args, **named):
            self.given = []
            super().__init__(*args, **named)

        def apply_async(self, *args, **named):
            self.given.append(super().apply_async(*args, **named))
            return self.given[-1]

        def map(self, func, iterable, chunksize=None):
            for result in self.given:
                result.wait()
            return super().map(func, iterable, chunksize)


@family.breaks("pool.ctrl-c-ends-a-busy-program", "pool.interrupted-main-ends-its-workers")
class MapCannotBeInterrupted(BrokenPools):
    """`map` waits on when Ctrl-C interrupts it."""

    class Faulty(SharedPool):
        def map(self, func, iterable, chunksize=None):
            result = self.map_async(func, iterable, chunksize)
            while True:
                try:
                    return result.get()
                except KeyboardInterrupt:
                    pass


@family.breaks("pool.close-lets-later-items-come")
class DropsLaterItems(BrokenPools):
    """A pool that was closed reads no more items of an iterable."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            return super().imap(func, itertools.takewhile(lambda _: self._state == "RUN", iterable), chunksize)


@family.breaks("pool.imap-begins-with-the-first-chunk")
class ReadsAllBeforeTheFirstChunk(BrokenPools):
    """With a `chunksize`, `imap_unordered` reads its iterable to the end before the first item is carried out."""

    class Faulty(SharedPool):
        def imap_unordered(self, func, iterable, chunksize=1):
            return super().imap_unordered(func, list(iterable) if chunksize > 1 else iterable, chunksize)


@family.breaks("pool.what-cannot-be-iterated-is-refused")
class TakesASingleThing(BrokenPools):
    """`imap` takes an object that is not iterable for a list with that object."""

    class Faulty(SharedPool):
        def imap(self, func, iterable, chunksize=1):
            return super().imap(func, iterable if hasattr(iterable, "__iter__") else [iterable], chunksize)


@family.breaks("pool.starmap-takes-any-iterables")
class TakesAnIteratorForOneItem(BrokenPools):
    """`starmap` takes what has no length for one item."""

    class Faulty(SharedPool):
        def starmap(self, func, iterable, chunksize=None):
            return super().starmap(func, iterable if hasattr(iterable, "__len__") else [tuple(iterable)], chunksize)
