"""Main is the producer itself."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.consumer-ends-with-main"])
