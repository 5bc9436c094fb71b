"""Read TOML files of users."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class BadFile(ValueError):
    """A file cannot be read, or is not TOML.  The message is one line for the user."""


def parse(text: str) -> dict[str, Any]:
    """Return what *text* says.

    Raises:
        ValueError: it is not TOML.
    """
    return tomllib.loads(text)


def load(file: Path) -> dict[str, Any]:
    """Return the content of *file*.

    Raises:
        BadFile: it cannot be read, or is not TOML.
    """
    try:
        return parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise BadFile(f"{file} is not TOML: {error}") from error
