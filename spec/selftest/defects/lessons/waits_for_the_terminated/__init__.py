"""Terminating a child waits until it has ended."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lifecycle.terminate-is-a-request"])
