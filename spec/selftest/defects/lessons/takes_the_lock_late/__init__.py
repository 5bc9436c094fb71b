"""A buyer reads the stock before it takes the lock."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__, __doc__, ["lock.hands-the-lock-on", "lock.any-number-of-buyers-and-tickets", "lock.sells-what-there-is"]
)
