"""Both its children are daemons."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "daemon.ends-with-main",
        "daemon.program-ends-after-its-ordinary-child",
        "daemon.never-finishes-its-work",
        "daemon.runs-no-cleanup-code",
        "daemon.endless-ordinary-child-keeps-the-program",
        "daemon.ends-with-a-main-that-fails",
        "daemon.ends-with-a-main-whose-starts-failed",
    ],
)
