"""A child that fails does not release the lock."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.failing-child-releases-the-lock"])
