"""Its parent does not leave first: it ends normally, and so waits for its child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["orphan.is-adopted"])
