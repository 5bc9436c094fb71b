"""The child in which a task runs is joined, and not returned."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["isolation.child-is-returned-joined"])
