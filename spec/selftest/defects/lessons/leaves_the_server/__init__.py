"""The server of the manager is not shut down."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.counts-down-under-the-lock"])
