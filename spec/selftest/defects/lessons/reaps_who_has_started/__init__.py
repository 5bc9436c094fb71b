"""It passes over those that were not started, instead of joining them."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["zombie.nothing-unstarted-may-be-joined"])
