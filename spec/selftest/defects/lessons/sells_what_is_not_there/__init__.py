"""A buyer does not look whether there is a ticket left."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.sells-what-there-is"])
