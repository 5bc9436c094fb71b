"""A buyer is not told that the tickets are sold out."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.sells-what-there-is"])
