"""Its parent kills the child before it leaves."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["orphan.goes-on-running"])
