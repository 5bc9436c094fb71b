"""Verify a multiprocessing API, or a package of lessons, as ``pytest spec/`` does.

It works in any folder: pytest settings and conftest.py files there have no effect, and nothing is written there.
The table [tool.multiprocessing-spec] of a pyproject.toml there can set the options: mp = ["mylib"] stands for
--mp mylib, and options = ["-n", "auto"] for options of pytest.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from spec.installation import DISTRIBUTION
from spec.paths import ROOT, SPEC_FOLDER
from spec.tools import pyproject_table

START = (
    "import sys; sys.path[:] = [sys.argv.pop(1), *filter(None, sys.path)]; sys.argv[0] = 'pytest';"
    " import pytest; sys.exit(pytest.main())"
)
"""Start pytest.  ``python -m pytest`` finds modules of the current folder first, and `spec` may be one of them."""

PLUGINS = ("spec.engine.plugin", "spec.report.report_plugin")
"""What defines the options.  Pytest takes values of options that it does not know for folders, and searches them."""

NO_CACHE = "no:cacheprovider"
"""What stands after ``-p`` for no cache.  Pytest does not know the setting ``cache_dir`` then."""


def main(program: str, arguments: Sequence[str]) -> NoReturn:
    """Become pytest, which runs the claims; or print the options, and exit."""
    if "-h" in arguments or "--help" in arguments:
        print(_help(program))
        sys.exit()
    # Pytest is to import the plugins itself: it rewrites their assertions, and warns of what is there already.
    os.execve(sys.executable, command(arguments), environment())


def command(arguments: Sequence[str]) -> list[str]:
    """Return the command line that runs pytest on the claims, whatever the current folder is.

    Args:
        arguments: those for pytest; without a file or folder of claims among them, all claims run.

    Raises:
        UsageError: the settings in the current folder make no sense.
    """
    arguments = [*pyproject_table.arguments(arguments), *arguments]
    options = [
        f"--rootdir={ROOT}",
        f"--config-file={ROOT / 'pyproject.toml'}",
        *_caching(arguments),
        *(option for plugin in PLUGINS for option in ("-p", plugin)),
    ]
    return [sys.executable, "-c", START, str(ROOT), *options, *_places(arguments), *arguments]


def environment() -> dict[str, str]:
    """Return the environment variables for the command line of `command`."""
    return {"HYPOTHESIS_STORAGE_DIRECTORY": str(_cache() / "hypothesis"), **os.environ}


def _caching(arguments: Sequence[str]) -> list[str]:
    """Return the options that say where pytest notes which claims have failed, for ``--lf``, if it can."""
    folder = _cache() / "pytest"
    if any(argument.endswith(NO_CACHE) for argument in arguments):
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # a container may run as a user without a home
        return ["-p", NO_CACHE]
    return [f"--override-ini=cache_dir={folder}"]


def _cache() -> Path:
    """Return the folder for what later runs can use, as the XDG Base Directory Specification has it."""
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return Path(chosen if os.path.isabs(chosen) else os.path.expanduser("~/.cache")) / DISTRIBUTION


def _places(arguments: Sequence[str]) -> list[str]:
    """Return where the claims are, unless the *arguments* name some of them."""
    named = (argument.partition("::")[0] for argument in arguments if not argument.startswith("-"))
    return [] if any(SPEC_FOLDER in Path(name).resolve().parents for name in named) else [str(SPEC_FOLDER)]


def _help(program: str) -> str:
    from spec.engine import options
    from spec.report.report_plugin import REPORT_OPTIONS
    from spec.tools.command_line import Parser

    parser = Parser(
        prog=program,
        usage=f"{program} [OPTION ...]",
        description=__doc__,
        epilog="pytest's own options work as well: -n auto, -k, -x, --lf, --junitxml, --timeout, ...",
    )
    options.add_to(parser, options.OPTIONS)
    options.add_to(parser, REPORT_OPTIONS)
    return parser.format_help().rstrip()
