"""Polling waits for an item."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.poll-does-not-wait"])
