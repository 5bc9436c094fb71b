"""The stock file is written in place, so that it is empty for a while."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.query-never-sees-half-a-file"])
