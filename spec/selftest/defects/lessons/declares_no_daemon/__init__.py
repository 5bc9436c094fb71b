"""Its daemon is an ordinary child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["daemon.ends-with-main"])
