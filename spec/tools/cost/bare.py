"""Start and join trivial processes: ``python -m spec.tools.cost.bare KIND=NUMBER ...``.

Each kind is a start method.  One after another is started and joined, nothing else is done.
"""

from __future__ import annotations

import multiprocessing
import sys
from typing import Any


def do_nothing() -> None:
    """Be a trivial process."""


def main(arguments: list[str]) -> None:
    """Start and join as many as the *arguments* say."""
    for argument in arguments:
        method, _, number = argument.partition("=")
        context: Any = multiprocessing.get_context(method)
        for _ in range(int(number)):
            process = context.Process(target=do_nothing)
            process.start()
            process.join()


if __name__ == "__main__":
    main(sys.argv[1:])
