"""Each child has a lock of its own."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.counts-down-under-the-lock"])
