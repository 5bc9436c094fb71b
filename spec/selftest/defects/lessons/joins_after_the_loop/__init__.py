"""Join stands after the loop that starts the children, though they are to take turns."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.one-by-one-takes-turns"])
