"""The parent answers the question itself."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "queue.pipe-carries-an-answer-from-a-child",
        "queue.parent-learns-of-a-child-that-will-not-answer",
        "queue.who-answered-was-joined",
    ],
)
