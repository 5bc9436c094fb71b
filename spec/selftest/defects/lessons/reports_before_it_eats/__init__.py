"""The consumer reports each item before it eats it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.consumer-reports-after-eating"])
