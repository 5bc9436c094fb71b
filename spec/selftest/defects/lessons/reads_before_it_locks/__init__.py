"""The counter is read before the lock is taken."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.others-wait-for-the-lock"])
