"""To terminate a child is to kill it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.terminate-sends-sigterm"])
