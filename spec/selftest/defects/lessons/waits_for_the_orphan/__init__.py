"""Its parent does not leave first: it ends normally, and so waits for its child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "orphan.goes-on-running",
        "orphan.is-adopted",
        "orphan.sees-its-new-parent",
        "orphan.is-adopted-by-the-nearest-subreaper",
        "orphan.is-not-adopted-by-other-ancestors",
        "orphan.is-reaped-by-its-adopter",
    ],
)
