"""Main joins nobody, so the consumer ends before everything was eaten."""

from spec.meta.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["joinable.consumer-ends-with-main"])
