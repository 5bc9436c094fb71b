"""A child that fails writes the counter all the same."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.failing-child-releases-the-lock"])
