"""The read and the write each have the lock, and nothing has it between them."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.others-wait-for-the-lock"])
