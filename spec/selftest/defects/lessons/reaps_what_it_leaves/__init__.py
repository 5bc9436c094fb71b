"""It waits for each child that it starts before it returns."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["zombie.lingers-until-joined", "zombie.end-of-the-parent-hands-them-on"])
