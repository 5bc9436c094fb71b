"""Main joins nobody, so the consumer ends before everything was eaten."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.consumer-ends-with-main"])
