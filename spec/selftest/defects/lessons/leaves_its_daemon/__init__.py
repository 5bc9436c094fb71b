"""Its program leaves by `os._exit`, and so ends no daemon and waits for no child."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["daemon.ends-with-main"])
