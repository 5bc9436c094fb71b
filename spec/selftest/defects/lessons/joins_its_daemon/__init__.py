"""Its program joins the daemon, which may never end."""

from spec.selftest.defects.declaration import Defect

defect = Defect(__name__, __doc__, ["daemon.ends-with-main"])
