"""What the commands have in common: how they refuse what makes no sense."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn, Optional

USAGE_ERROR = 4
"""The exit status for a command line that makes no sense, as pytest has it."""


class UsageError(Exception):
    """The command line asks for something that cannot be done.  The message is one line for the user."""


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one line, without repeating how the command is used.

    Args:
        prog: how the command line begins.
        description: what the command does; a docstring will do.
        options: more of them, as `argparse.ArgumentParser` takes them.
    """

    def __init__(self, prog: str, description: Optional[str] = None, **options: Any) -> None:
        super().__init__(
            prog=prog,
            description=(description or "").replace("``", "`"),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            **options,
        )

    def error(self, message: str) -> NoReturn:
        """Exit with status 4, and say what is wrong."""
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")
