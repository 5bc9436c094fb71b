"""Verify a multiprocessing API, or a package of lessons, as ``pytest spec/`` does."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from spec.paths import ROOT, SPEC_FOLDER


def main(program: str, arguments: Sequence[str]) -> NoReturn:
    """Become pytest, which runs the claims; or print the options, and exit."""
    if "-h" in arguments or "--help" in arguments:
        print(_help(program))
        sys.exit()
    # Pytest is to import the plugins itself: it rewrites their assertions, and warns of what is there already.
    configuration = [f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}"]
    command = [sys.executable, "-m", "pytest", *configuration, *_places(arguments), *arguments]
    os.execv(sys.executable, command)


def _places(arguments: Sequence[str]) -> list[str]:
    """Return where the claims are, unless the *arguments* name some of them."""
    named = (argument.partition("::")[0] for argument in arguments if not argument.startswith("-"))
    return [] if any(SPEC_FOLDER in Path(name).resolve().parents for name in named) else [str(SPEC_FOLDER)]


def _help(program: str) -> str:
    from spec.engine import options
    from spec.report import plugin
    from spec.tools.command_line import Parser

    parser = Parser(
        prog=program,
        usage=f"{program} [OPTION ...]",
        description=__doc__,
        epilog="pytest's own options work as well: -n auto, -k, -x, --lf, --junitxml, --timeout, ...",
    )
    options.add_to(parser, options.OPTIONS)
    options.add_to(parser, plugin.REPORT_OPTIONS)
    return parser.format_help().rstrip()
