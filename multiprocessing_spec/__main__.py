"""The command line of an installed specification: ``multiprocessing-spec COMMAND``.

``python -m multiprocessing_spec COMMAND`` is the same.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent

SUITE = HERE / "suite"
"""Where a wheel has `spec` and `impl`; a checkout has them beside this package."""


def main(program: str = "multiprocessing-spec") -> int:
    """Run the command that the command line names, and return the exit status.

    Args:
        program: how the command line begins, for messages.
    """
    if SUITE.is_dir():
        root = SUITE
        _write_no_bytecode()
    else:
        root = HERE.parent
    sys.path.insert(0, str(root))  # spawned children get this path too
    sys.path.append(os.getcwd())  # where the user's own module or package may be
    from spec.__main__ import main as run

    return run(program=program)


def _write_no_bytecode() -> None:
    """Let neither this process nor its children write to the folder that the suite is installed in.

    A user who has chosen a folder for bytecode, with PYTHONPYCACHEPREFIX, keeps that.
    """
    if sys.pycache_prefix is None:
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


if __name__ == "__main__":
    sys.exit(main("python -m multiprocessing_spec"))
