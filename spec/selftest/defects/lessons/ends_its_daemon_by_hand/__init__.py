"""Its program kills the daemon itself, instead of leaving that to its end."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["daemon.lives-while-a-thread-of-main-does"])
