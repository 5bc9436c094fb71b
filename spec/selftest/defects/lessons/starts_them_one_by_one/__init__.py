"""Each child is waited for before the next one is started."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.loses-updates-without-the-lock"])
