"""The counter is a plain dict, of which each child has a copy."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.counts-down-under-the-lock"])
