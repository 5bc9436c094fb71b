"""The main module of a `spec.harness.program.Program`; children under spawn import it again."""

from __future__ import annotations

import pickle
import sys

from impl.api import load


def main(script: str) -> None:
    """Call what *script*, a pickle, says."""
    with open(script, "rb") as file:
        api, function, args = pickle.load(file)
    function(load(api), *args)


if __name__ == "__main__":
    main(sys.argv[1])
