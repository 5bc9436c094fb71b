"""The consumer is a thread of main, not a process."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.consumer-ends-with-main"])
