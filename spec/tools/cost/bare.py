"""Start and join trivial processes: ``python -m spec.tools.cost.bare KIND=NUMBER ...``.

Each KIND is a start method, and NUMBER the number of processes.  Each process is joined before the next is started.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any


def do_nothing() -> None:
    """Do nothing, in a trivial process."""


def main(arguments: list[str]) -> None:
    """Start and join as many processes as the *arguments* ask for, ``KIND=NUMBER`` each."""
    for argument in arguments:
        method, _, number = argument.partition("=")
        context: Any = multiprocessing.get_context(method)
        for _ in range(int(number)):
            process = context.Process(target=do_nothing)
            process.start()
            process.join()


if __name__ == "__main__":
    main(sys.argv[1:])
