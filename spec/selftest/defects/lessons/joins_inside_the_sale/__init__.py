"""The sale waits for each buyer before the next one comes."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.admits-one-buyer-at-a-time", "lock.oversells-without"])
