"""The child is started by another child, which waits for it and is returned in its place."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["identity.starter-is-the-parent"])
