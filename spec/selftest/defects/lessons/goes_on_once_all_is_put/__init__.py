"""The producer goes on when it has put everything."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.producer-goes-on-after-the-last-report"])
