"""No more than four children are alive at once."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.together-overlaps"])
