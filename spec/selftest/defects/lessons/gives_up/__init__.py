"""Ending a child asks it to end, and leaves it alone if it has not in time."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.end-insists"])
