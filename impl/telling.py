"""What the processes of a demo tell: it is printed for the person who watches, and kept, so that a demo can count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Notebook:
    """A file to which each process of a demo adds lines.  It is picklable.

    Args:
        path: the file, which need not exist yet.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def tell(self, line: str) -> None:
        """Print *line*, and add it to the file.  Processes may do so at the same time."""
        print(line, flush=True)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    def lines(self) -> list[str]:
        """Return all lines, in the order in which they were told."""
        try:
            with open(self.path, encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def count(self, ending: str) -> int:
        """Return how many lines end with *ending*."""
        return sum(line.endswith(ending) for line in self.lines())


@contextmanager
def notebook() -> Iterator[Notebook]:
    """Return a context manager with an empty notebook, whose file is removed at the end."""
    import tempfile  # here, because a child would need longer to load it than all the rest

    with tempfile.TemporaryDirectory() as folder:
        yield Notebook(f"{folder}/notebook")
