"""One child does all the tasks."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.one-by-one-takes-turns"])
