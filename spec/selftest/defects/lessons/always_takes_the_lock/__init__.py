"""The children take a lock, even if they are to do without."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.loses-updates-without-the-lock"])
