"""The stock file is evaluated as code, and only then looked at."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.stock-is-data-never-code"])
