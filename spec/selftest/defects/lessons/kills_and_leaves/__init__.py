"""Ending a child kills it if it has not ended in time, and does not join what it killed."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.end-insists"])
