"""Of children that run together, only the last one is joined."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.together-waits-for-all"])
