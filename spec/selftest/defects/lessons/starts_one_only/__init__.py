"""It leaves one child unjoined, however many it is to leave."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "zombie.piles-up",
        "zombie.joining-reaps-each",
        "zombie.end-of-the-parent-hands-them-on",
        "zombie.starting-another-reaps",
        "zombie.active-children-reaps",
    ],
)
