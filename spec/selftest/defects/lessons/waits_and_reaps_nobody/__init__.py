"""It waits until the children have exited, and reaps none."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["zombie.joining-reaps-each"])
