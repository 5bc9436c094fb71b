"""The counter is read before the lock is taken."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    ["sharing.counts-down-under-the-lock", "sharing.any-number-count-down", "sharing.others-wait-for-the-lock"],
)
