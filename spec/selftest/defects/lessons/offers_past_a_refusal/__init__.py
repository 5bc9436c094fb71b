"""Of what is offered, the first that is refused is not among the rest."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["queue.holds-maxsize-items"])
