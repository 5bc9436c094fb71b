"""It calls the task, and has a child do nothing."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "isolation.child-is-another-process",
        "isolation.rebinding-stays-in-the-child",
        "isolation.change-in-place-stays-in-the-child",
        "isolation.siblings-share-nothing",
        "isolation.arguments-are-copies",
        "isolation.child-is-returned-joined",
        "isolation.child-runs-no-cleanup-of-its-starter",
    ],
)
