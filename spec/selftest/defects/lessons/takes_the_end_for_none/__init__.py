"""The parent takes the end of the pipe for an answer, namely None."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.parent-learns-of-a-child-that-will-not-answer"])
