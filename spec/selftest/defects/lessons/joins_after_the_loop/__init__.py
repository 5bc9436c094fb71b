"""Join stands after the loop that starts the children, though they are to take turns."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    ["fanout.one-by-one-takes-turns", "fanout.one-by-one-waits-for-the-last"],
    spoils=["fanout."],
    why="without turns, the order is left to chance",
)
