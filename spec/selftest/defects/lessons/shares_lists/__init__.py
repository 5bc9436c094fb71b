"""It shares lists with the child: it brings back how the child has left those that it was passed."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["isolation.arguments-are-copies"])
