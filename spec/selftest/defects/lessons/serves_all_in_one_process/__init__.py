"""All buyers are threads of one process."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.admits-one-buyer-at-a-time"])
