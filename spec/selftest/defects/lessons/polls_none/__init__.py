"""Polling gives None if there is no item, whatever it was to give."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.poll-does-not-wait"])
