"""Its child has a child do the task, and is an orphan instead."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "orphan.is-adopted",
        "orphan.sees-its-new-parent",
        "orphan.is-adopted-by-the-nearest-subreaper",
        "orphan.is-not-adopted-by-other-ancestors",
        "orphan.is-reaped-by-its-adopter",
    ],
)
