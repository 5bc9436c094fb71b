"""It waits for all children to end, and reaps none."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.together-waits-for-all"])
