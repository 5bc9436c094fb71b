"""What is taken comes in the wrong order."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.first-in-is-first-out"])
