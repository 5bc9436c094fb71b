"""Its program leaves by `os._exit`, and so ends no daemon and waits for no child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "daemon.ends-with-main",
        "daemon.program-ends-after-its-ordinary-child",
        "daemon.never-finishes-its-work",
        "daemon.runs-no-cleanup-code",
        "daemon.is-ended-by-sigterm",
        "daemon.endless-ordinary-child-keeps-the-program",
        "daemon.ends-with-a-main-whose-starts-failed",
        "daemon.lives-while-a-thread-of-main-does",
    ],
)
