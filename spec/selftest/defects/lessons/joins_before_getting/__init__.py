"""The parent joins the child before it gets the message."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.carries-a-message-larger-than-the-pipe"])
