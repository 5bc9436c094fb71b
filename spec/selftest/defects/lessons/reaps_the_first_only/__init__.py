"""It joins the first of the children, and no other."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["zombie.joining-reaps-each"])
