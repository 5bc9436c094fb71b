"""The settings of a library's own repository: the table ``[tool.multiprocessing-spec]`` of its pyproject.toml.

A key is the name of an option of `verify`, and ``options`` has further arguments of pytest::

    [tool.multiprocessing-spec]
    mp = ["mylib"]
    deviations = ["deviations.toml"]
    options = ["-n", "auto"]

They count in the folder of the file.  An option on the command line replaces the key of that name.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

from spec.engine import toml_file
from spec.engine.toml_file import BadFile
from spec.installation import DISTRIBUTION
from spec.tools.command_line import UsageError

PYPROJECT_FILE = Path("pyproject.toml")

FURTHER = "options"
"""The key that is no option."""

TEXTS = "a list of texts"
"""What the value of an option that can be repeated is, and of `FURTHER`."""


def arguments(given: Sequence[str]) -> list[str]:
    """Return the arguments that the settings in the current folder stand for; none if there are no settings.

    Args:
        given: the command line.

    Raises:
        UsageError: the file is not TOML, or a setting makes no sense.
    """
    table = _table()
    if table is None:
        return []
    from spec.engine.options import OPTIONS  # here, because most runs have no settings, and need not wait for it
    from spec.report.report_plugin import REPORT_OPTIONS

    kinds = {flag.removeprefix("--"): _kind(how) for flag, how in {**OPTIONS, **REPORT_OPTIONS}.items()}
    kinds[FURTHER] = TEXTS
    stated = {name.partition("=")[0] for name in given}
    found: list[str] = []
    for key, value in table.items():
        if key not in kinds:
            alike = difflib.get_close_matches(key, kinds, n=1)
            hint = f"did you mean {alike[0]}?" if alike else f"the keys are {', '.join(kinds)}"
            raise _complaint(f"unknown key {key!r}; {hint}")
        if not _is(value, kinds[key]):
            raise _complaint(f"{key} must be {kinds[key]}, not {value!r}")
        if key != FURTHER and f"--{key}" not in stated:
            found += [f"--{key}={one}" for one in (value if isinstance(value, list) else [value])]
    further: list[str] = table.get(FURTHER, [])
    for flag in (argument.partition("=")[0] for argument in further):
        if flag.startswith("--") and flag.removeprefix("--") in kinds:
            raise _complaint(f"{flag} has a key of its own: {flag.removeprefix('--')} = ...")
    return [*found, *further]


def _table() -> Optional[dict[str, Any]]:
    """Return the table, or None if the file has none, or there is no file."""
    if not PYPROJECT_FILE.is_file():
        return None
    try:
        document = toml_file.load(PYPROJECT_FILE)
    except BadFile as error:
        raise UsageError(str(error)) from None
    tool = document.get("tool", {})
    table = tool.get(DISTRIBUTION) if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise _complaint("it is no table")
    return table


def _kind(how: dict[str, Any]) -> str:
    """Return in words what the value of an option is that is declared like this."""
    if how.get("action") == "append":
        return TEXTS
    return {int: "a whole number", float: "a number"}.get(how.get("type", str), "a text")


def _is(value: object, kind: str) -> bool:
    """Return whether *value* is of this *kind*."""
    if kind == TEXTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    types = {"a whole number": (int,), "a number": (int, float), "a text": (str,)}[kind]
    return isinstance(value, types) and not isinstance(value, bool)


def _complaint(what: str) -> UsageError:
    return UsageError(f"{PYPROJECT_FILE}, [tool.{DISTRIBUTION}]: {what}")
