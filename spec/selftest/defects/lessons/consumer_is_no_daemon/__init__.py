"""The endless consumer is no daemon, so main waits for it for ever."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.consumer-ends-with-main"])
