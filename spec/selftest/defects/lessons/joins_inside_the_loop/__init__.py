"""Join stands in the loop that starts the children, though they are to run together."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.together-overlaps"])
