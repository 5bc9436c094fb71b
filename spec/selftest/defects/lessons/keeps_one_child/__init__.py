"""It has one child run all tasks, one after the other."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["isolation.siblings-share-nothing"])
