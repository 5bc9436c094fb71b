"""The children are threads of the process that calls."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.together-overlaps"])
