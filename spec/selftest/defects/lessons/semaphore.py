"""Packages whose lesson `impl.semaphore` has a fault."""

from __future__ import annotations

from contextlib import suppress

from impl import semaphore as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("semaphore.admits-as-many-cars-as-places")
class GivesEachCarAGate:
    """Each car gets a semaphore of its own."""

    @staticmethod
    def arrive(mp, cars, places, stay, tell):
        return [car for _ in range(cars) for car in sound.arrive(mp, 1, mp.Semaphore(2), stay, tell)]


@packages.breaks("semaphore.all-drive-in-without")
class AlwaysHasAGate:
    """The cars use a semaphore even if they are told to use none."""

    @staticmethod
    def arrive(mp, cars, places, stay, tell):
        return sound.arrive(mp, cars, mp.Semaphore(2), stay, tell)


@packages.breaks("semaphore.all-drive-in-without", "semaphore.admits-as-many-cars-as-places")
class WaitsForEachCar:
    """Each car must have left before the next one comes."""

    @staticmethod
    def arrive(mp, cars, places, stay, tell):
        arriving = [mp.Process(target=sound.park, args=(car, places, stay, tell)) for car in range(cars)]
        for car in arriving:
            car.start()
            car.join()
        return arriving


@packages.breaks("semaphore.car-that-fails-gives-its-place-back")
class KeepsThePlaceIfItFails:
    """A car that fails keeps its place."""

    @staticmethod
    def park(car, places, stay, tell):
        places.__enter__()
        tell(car, "drives in")
        stay(car)
        tell(car, "drives out")
        places.__exit__(None, None, None)


@packages.breaks("semaphore.any-number-of-cars-and-places", "semaphore.admits-as-many-cars-as-places")
class GivesThePlaceBackTooEarly:
    """A car gives its place back as soon as it has driven in."""

    @staticmethod
    def park(car, places, stay, tell):
        with places:
            tell(car, "drives in")
        stay(car)
        tell(car, "drives out")


@packages.breaks("semaphore.more-places-admit-more-cars", "semaphore.any-number-of-cars-and-places")
class OpensOnePlace:
    """One more place is opened, however many were asked for."""

    @staticmethod
    def open_more(places, count):
        places.release()


@packages.breaks("semaphore.bounded-car-park-has-no-more-places")
class OpensInSilence:
    """Nobody is told that a place cannot be opened."""

    @staticmethod
    def open_more(places, count):
        with suppress(ValueError):
            sound.open_more(places, count)
