"""The counter is read again to be written."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__, __doc__, ["sharing.loses-updates-without-the-lock", "sharing.any-number-lose-updates-without"]
)
