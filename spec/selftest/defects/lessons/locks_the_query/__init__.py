"""To query the stock takes a lock on the file, which a buyer holds."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.query-needs-no-lock"])
