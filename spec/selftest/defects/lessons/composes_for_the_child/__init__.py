"""The parent composes the message itself, and has no child put it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.carries-a-message-from-a-child"])
