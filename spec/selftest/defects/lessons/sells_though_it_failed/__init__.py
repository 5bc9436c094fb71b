"""A buyer takes the ticket even if it fails."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.buyer-that-fails-releases"])
