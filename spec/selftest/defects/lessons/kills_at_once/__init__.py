"""Ending a child kills it without asking."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.end-asks-first"])
