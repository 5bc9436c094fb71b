"""A main module that sends an instance of a class of its own to a child, and gets another back."""

from __future__ import annotations

import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Letter:
    """A class that only this module defines."""


def answer(sent: object, queue: Any) -> None:
    """Put whether what was *sent* is a parcel, and a parcel."""
    queue.put([isinstance(sent, Letter), Letter()])


if __name__ == "__main__":
    log = Recorder(Path(sys.argv[2]))
    mp = load(sys.argv[1])
    queue = mp.Queue()
    child = mp.Process(target=answer, args=(Letter(), queue))
    child.start()
    known_to_the_child, received = queue.get()
    child.join()
    log("known", [known_to_the_child, isinstance(received, Letter)])
