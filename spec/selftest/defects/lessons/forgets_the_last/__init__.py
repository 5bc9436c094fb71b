"""Each child is joined before the next one is started, and so the last one never is."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.one-by-one-waits-for-the-last"])
