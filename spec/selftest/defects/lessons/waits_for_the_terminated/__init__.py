"""Terminating a child waits until it has ended."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "lifecycle.terminated-child-dies-of-sigterm",
        "lifecycle.terminate-is-a-request",
        "lifecycle.terminate-sends-sigterm",
        "lifecycle.outlives-terminate-if-it-ignores-it",
        "lifecycle.outlives-terminate-if-it-handles-it",
        "lifecycle.kill-ends-what-handles-sigterm",
    ],
)
