"""The right numbers come out, though no child is started."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["sharing.counts-down-under-the-lock"])
