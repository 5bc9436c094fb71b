"""It calls the task, and has a child do nothing."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["isolation.child-is-another-process", "isolation.arguments-are-copies"])
