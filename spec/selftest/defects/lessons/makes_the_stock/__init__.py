"""A stock file that does not exist is made."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.missing-stock-is-refused"])
