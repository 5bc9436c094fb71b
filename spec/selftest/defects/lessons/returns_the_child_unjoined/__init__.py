"""The child in which a task runs is returned as soon as its end can be seen, and not joined."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["isolation.child-is-returned-joined"])
