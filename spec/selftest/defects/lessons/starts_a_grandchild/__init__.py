"""Its child has a child do the task, and is an orphan instead."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["orphan.is-adopted"])
