"""The child is made without the name that it was to have."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["identity.child-has-the-name-it-was-given"])
