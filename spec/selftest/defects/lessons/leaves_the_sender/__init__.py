"""The parent has the message and does not join the child that sent it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.who-sent-a-message-was-joined"])
