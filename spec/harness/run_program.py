"""The main module of a `spec.harness.program.Program`.  Children under spawn and forkserver run it again."""

from __future__ import annotations

import pickle
import sys

from impl.api import load


def main(script: str) -> None:
    """Make the call that the file *script* contains, pickled: the API's name, the function, and its arguments."""
    with open(script, "rb") as file:
        api, function, args = pickle.load(file)
    function(load(api), *args)


if __name__ == "__main__":
    main(sys.argv[1])
