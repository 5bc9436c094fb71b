"""A buyer that fails does not release the lock."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.buyer-that-fails-releases"])
