"""Whatever int() takes is a count of tickets."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.bad-stock-is-refused"])
