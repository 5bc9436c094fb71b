"""A buyer releases the lock before it has written the stock."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.admits-one-buyer-at-a-time", "lock.hands-the-lock-on"])
