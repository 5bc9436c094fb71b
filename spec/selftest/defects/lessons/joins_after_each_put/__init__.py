"""The producer waits after each item until that was processed."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.producer-goes-on-after-the-last-report"])
