"""Whatever int() takes is a count of tickets."""

from spec.meta.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["lock.bad-stock-is-refused"])
