"""What the reading of a bad stock file raises is not made one clear error."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.bad-stock-is-refused", "lock.missing-stock-is-refused"])
