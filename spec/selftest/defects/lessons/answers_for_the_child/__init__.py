"""The parent answers the question itself."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.pipe-carries-an-answer-from-a-child"])
