"""Both its children are daemons."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["daemon.program-ends-after-its-ordinary-child"])
