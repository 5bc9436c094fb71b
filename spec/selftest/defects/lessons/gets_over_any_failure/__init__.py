"""Its program catches whatever main's code raises, and so does not fail."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["daemon.ends-with-a-main-that-fails"])
