"""The child is started by another child, which waits for it and is returned in its place."""

from spec.selftest.defects.declaration import Defect

defect = Defect(
    __name__,
    __doc__,
    [
        "identity.pid-is-the-childs-own",
        "identity.starter-is-the-parent",
        "identity.child-is-the-parent-of-its-children",
        "identity.live-children-have-pids-of-their-own",
    ],
    spoils=["identity."],
    why="claims know a child by its pid",
)
