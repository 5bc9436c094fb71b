"""Packages whose lesson `impl.shared_memory` has a fault."""

from __future__ import annotations

from contextlib import contextmanager

from impl import shared_memory as sound
from impl.api import shared_memory_class
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)

left: list[object] = []
"""Blocks that were not closed."""


@packages.breaks("shared_memory.painters-work-at-one-wall")
class PaintsOneStripAfterTheOther:
    """A painter begins when the one before has gone home."""

    @staticmethod
    def paint_together(mp, wall, colours, pause):
        painters = []
        for number in range(len(colours)):
            attach = shared_memory_class(mp, "SharedMemory")
            strip = sound.strips(wall.size, len(colours))[number]
            work = (attach, wall.name, strip, colours[number], pause)
            painters.append(mp.Process(target=sound.paint_wall, args=work))
            painters[-1].start()
            painters[-1].join()
        return painters


@packages.breaks("shared_memory.painters-work-at-one-wall")
class PaintsBeforeThePause:
    """A painter paints before the paint is mixed."""

    @staticmethod
    def paint(surface, places, colour, pause):
        sound.paint(surface, places, colour, abs)
        pause(places.start)


@packages.breaks("shared_memory.copies-leave-the-wall-as-it-is")
class PaintsTheWallItself:
    """The wall is painted here, and not a copy of it in each child."""

    @staticmethod
    def paint_copies(mp, wall, colours, pause):
        painters = []
        for strip, colour in zip(sound.strips(len(wall), len(colours)), colours):
            sound.paint(wall, strip, colour, abs)
            painters.append(mp.Process(target=pause, args=(strip.start,)))
            painters[-1].start()
        return painters


@packages.breaks("shared_memory.each-place-belongs-to-one-painter")
class LeavesARest:
    """All strips are equally long, so that some places are nobody's."""

    @staticmethod
    def strips(size, painters):
        length = size // painters
        return [range(length * number, length * (number + 1)) for number in range(painters)]


@packages.breaks("shared_memory.painter-that-fails-closes-the-wall")
class StaysAtTheWall:
    """A painter who fails does not close the block."""

    @staticmethod
    def paint_wall(attach, name, places, colour, pause):
        wall = attach(name)
        left.append(wall)
        sound.paint(wall.buf, places, colour, pause)
        wall.close()


@packages.breaks("shared_memory.wall-is-gone-at-the-end")
class LeavesTheWall:
    """The wall stays if something goes wrong."""

    @staticmethod
    @contextmanager
    def built(make, size):
        wall = make(create=True, size=size)
        yield wall
        wall.close()
        wall.unlink()
