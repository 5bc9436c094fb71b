"""What is offered to a full queue waits for room."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.holds-maxsize-items"])
