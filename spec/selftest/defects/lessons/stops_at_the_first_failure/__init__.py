"""Once a child has failed, no other is started."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.failed-children-stop-no-other-one-by-one"])
