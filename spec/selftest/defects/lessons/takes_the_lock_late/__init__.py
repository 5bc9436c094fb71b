"""A buyer reads the stock before it takes the lock."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.hands-the-lock-on", "lock.sells-what-there-is"])
