"""The message comes from a thread of the parent, not from a child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.carries-a-message-from-a-child"])
