"""Its daemon is an ordinary child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "daemon.ends-with-main",
        "daemon.never-finishes-its-work",
        "daemon.runs-no-cleanup-code",
        "daemon.is-ended-by-sigterm",
        "daemon.ends-with-a-main-that-fails",
        "daemon.may-have-no-children",
        "daemon.flag-defaults-to-the-creators-own",
        "daemon.ends-with-its-creator",
        "daemon.each-ends-with-main",
        "daemon.ends-with-a-main-whose-starts-failed",
        "daemon.lives-while-a-thread-of-main-does",
    ],
)
