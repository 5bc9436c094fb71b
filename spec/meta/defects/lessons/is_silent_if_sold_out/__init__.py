"""A buyer is not told that the tickets are sold out."""

from spec.meta.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.sells-what-there-is"])
