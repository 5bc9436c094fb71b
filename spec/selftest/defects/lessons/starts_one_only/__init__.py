"""It leaves one child unjoined, however many it is to leave."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["zombie.piles-up"])
