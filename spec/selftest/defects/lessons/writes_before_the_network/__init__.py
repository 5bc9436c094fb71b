"""A buyer writes the stock before it waits for the network."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.oversells-without", "lock.any-number-oversell-without"])
