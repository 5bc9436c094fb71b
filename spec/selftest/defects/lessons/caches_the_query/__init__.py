"""The stock is read once, and what was read then is told ever after."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.query-needs-no-lock"])
