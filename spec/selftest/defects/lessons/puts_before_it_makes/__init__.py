"""The producer puts each item before it makes it."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.producer-makes-before-it-puts"])
