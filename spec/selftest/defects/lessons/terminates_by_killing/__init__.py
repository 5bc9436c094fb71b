"""To terminate a child is to kill it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "lifecycle.terminate-sends-sigterm",
        "lifecycle.terminated-child-dies-of-sigterm",
        "lifecycle.terminate-is-a-request",
        "lifecycle.outlives-terminate-if-it-ignores-it",
        "lifecycle.outlives-terminate-if-it-handles-it",
        "lifecycle.kill-ends-what-handles-sigterm",
        "lifecycle.exit-code-of-a-terminated-child",
    ],
)
