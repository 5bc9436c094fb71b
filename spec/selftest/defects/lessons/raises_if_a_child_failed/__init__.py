"""That a child has failed is raised, once all have ended."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["fanout.failed-children-stop-no-other-together"])
