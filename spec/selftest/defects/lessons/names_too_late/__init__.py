"""The child gets its name only after it was started."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["identity.child-has-the-name-it-was-given"])
