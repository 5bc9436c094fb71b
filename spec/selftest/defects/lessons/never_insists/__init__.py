"""Ending a child asks it to end, and waits until it does."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.end-insists"])
