"""The sale uses a lock, even if it is asked to use none."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.oversells-without"])
