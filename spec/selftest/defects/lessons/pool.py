"""Packages whose lesson `impl.pool` has a fault."""

from __future__ import annotations

from impl import pool as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("pool.packs-in-order")
class ReturnsAsReady:
    """What is packed is returned in the order in which it is ready."""

    @staticmethod
    def pack_in_order(mp, packers, pack, parcels):
        with mp.Pool(packers) as pool:
            return list(pool.imap_unordered(pack, parcels))


@packages.breaks("pool.packs-the-others-all-the-same")
class LeavesThePackers:
    """The workers are left when all is packed."""

    @staticmethod
    def pack_in_order(mp, packers, pack, parcels):
        pool = mp.Pool(packers)
        _kept.append(pool)
        return pool.map(pack, parcels, 1)


_kept: list[object] = []


@packages.breaks("pool.packs-the-others-all-the-same")
class StopsAtATornParcel:
    """Nothing is packed after a parcel that cannot be packed."""

    @staticmethod
    def pack_in_order(mp, packers, pack, parcels):
        with mp.Pool(packers) as pool:
            return [pool.apply(pack, (parcel,)) for parcel in parcels]


@packages.breaks("pool.tells-as-ready")
class TellsInOrder:
    """A parcel is told of only when all earlier ones were."""

    @staticmethod
    def pack_as_ready(mp, packers, pack, parcels, tell):
        with mp.Pool(packers) as pool:
            for packed in pool.imap(pack, parcels):
                tell(packed)


@packages.breaks("pool.finishes-what-was-handed-in")
class WaitsForEach:
    """To hand a parcel in waits until it is packed."""

    @staticmethod
    def hand_in(pool, pack, parcels, tell):
        for parcel in parcels:
            tell(pool.apply(pack, (parcel,)))


@packages.breaks("pool.finishes-what-was-handed-in")
class FinishesAtOnce:
    """To finish ends the workers while they pack."""

    @staticmethod
    def finish(pool):
        sound.abandon(pool)


@packages.breaks("pool.abandons-what-is-not-packed")
class PacksTheRest:
    """A pool that is abandoned packs all that it was given."""

    @staticmethod
    def abandon(pool):
        sound.finish(pool)


@packages.breaks("pool.killed-packer-delays-nobody-who-sets-a-limit")
class WaitsWithoutLimit:
    """There is no limit to the wait for a parcel."""

    @staticmethod
    def pack_in_time(pool, pack, parcel, patience):
        return pool.apply(pack, (parcel,))
