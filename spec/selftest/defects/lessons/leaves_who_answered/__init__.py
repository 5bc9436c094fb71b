"""The parent has the answer and does not join the child that gave it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.who-answered-was-joined"])
