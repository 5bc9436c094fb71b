"""It waits for each child that it starts before it returns."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "zombie.lingers-until-joined",
        "zombie.wait-frees-the-pid",
        "zombie.starting-another-reaps",
        "zombie.kill-cannot-remove-it",
        "zombie.holds-no-memory-and-no-files",
        "zombie.keeps-exit-status-and-cpu-time",
        "zombie.piles-up",
        "zombie.end-of-the-parent-hands-them-on",
        "zombie.join-drops-the-child",
        "zombie.only-the-parent-may-join",
        "zombie.active-children-reaps",
    ],
)
