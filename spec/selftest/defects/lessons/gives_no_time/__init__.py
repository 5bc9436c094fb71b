"""Ending a child asks it to end, and kills it without waiting for that."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.end-asks-first"])
