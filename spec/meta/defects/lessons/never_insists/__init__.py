"""Ending a child asks it to end, and waits until it does."""

from spec.meta.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.end-insists"])
