"""Packages whose lesson `impl.barrier` has a fault."""

from __future__ import annotations

from impl import barrier as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("barrier.nobody-runs-ahead")
class MeetsNobody:
    """The hikers meet nobody, whatever they are given."""

    @staticmethod
    def set_out(mp, hikers, stages, walk, tell, meet):
        return sound.set_out(mp, hikers, stages, walk, tell, sound.go_on)


@packages.breaks("barrier.fastest-runs-ahead-without")
class AlwaysMeets:
    """The hikers meet at a barrier, even if they are given none."""

    @staticmethod
    def set_out(mp, hikers, stages, walk, tell, meet):
        return sound.set_out(mp, hikers, stages, walk, tell, mp.Barrier(hikers).wait)


@packages.breaks("barrier.nobody-runs-ahead", "barrier.fastest-runs-ahead-without")
class WaitsForEachHiker:
    """Each hiker must be back before the next one sets out."""

    @staticmethod
    def set_out(mp, hikers, stages, walk, tell, meet):
        walking = [mp.Process(target=sound.hike, args=(hiker, stages, walk, tell, meet)) for hiker in range(hikers)]
        for process in walking:
            process.start()
            process.join()
        return walking


@packages.breaks("barrier.hiker-tells-before-it-waits")
class TellsTooLate:
    """A hiker tells where it is once all have come."""

    @staticmethod
    def hike(hiker, stages, walk, tell, meet):
        for stage in range(stages):
            walk(hiker, stage)
            meet()
            tell(hiker, stage)


@packages.breaks("barrier.hiker-tells-before-it-waits")
class WalksOnAlone:
    """A hiker that finds the barrier broken walks on."""

    @staticmethod
    def hike(hiker, stages, walk, tell, meet):
        for stage in range(stages):
            walk(hiker, stage)
            tell(hiker, stage)
            try:
                meet()
            except RuntimeError:
                continue
