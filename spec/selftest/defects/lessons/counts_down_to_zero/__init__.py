"""A counter never goes below zero."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.any-number-count-down"])
