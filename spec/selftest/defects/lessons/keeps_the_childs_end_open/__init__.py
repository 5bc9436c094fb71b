"""The parent keeps the end of the pipe open that it has given to the child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.parent-learns-of-a-child-that-will-not-answer"])
