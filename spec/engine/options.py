"""The options of a run that say what is verified, and how; those of reports are in `spec.report.report_plugin`."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from threading import TIMEOUT_MAX
from typing import Any

import pytest

from spec.engine import lessons
from spec.engine.claims import ids
from spec.engine.hangs import STILL
from spec.engine.lessons import REFERENCE
from spec.engine.targets import DEFAULT
from spec.harness import deadline
from spec.harness.platforms import missing
from spec.installation import PROGRAM

GROUP = "multiprocessing-spec"

OPTIONS: dict[str, dict[str, Any]] = {
    "--mp": {
        "action": "append",
        "default": [],
        "metavar": "MODULE[:CONTEXT]",
        "help": "verify this multiprocessing API; without a context, under each of its start methods."
        f" Repeatable. Default: {DEFAULT}.",
    },
    "--impl": {
        "default": REFERENCE,
        "metavar": "PACKAGE",
        "help": "verify this package of lessons. Default: %(default)s, the reference.",
    },
    "--claim": {
        "action": "append",
        "default": [],
        "metavar": "ID",
        "help": "verify this claim, or all claims whose ids begin like this. Repeatable.",
    },
    "--deviations": {
        "action": "append",
        "default": [],
        "metavar": "FILE",
        "help": "a TOML file of known deviations, which do not fail the run. It takes precedence over those of"
        " spec/known_deviations, which are used unless FILE is none. Repeatable.",
    },
    "--scale": {
        "type": int,
        "default": 1,
        "metavar": "N",
        "help": "multiply the number of buyers, workers, children and messages, and the time limits, by N."
        " Default: %(default)s.",
    },
    "--hang-after": {
        "type": float,
        "default": STILL.default,
        "metavar": "SECONDS",
        "help": "a claim hangs if none of its processes makes progress for this long. Default: %(default)s.",
    },
}


def add_to(parser: Any, options: dict[str, dict[str, Any]]) -> None:
    """Add *options* to a parser, of pytest's or of `argparse`."""
    add = parser.addoption if hasattr(parser, "addoption") else parser.add_argument
    for flag, how in options.items():
        add(flag, **how)


def refuse_unknown(parser: pytest.Parser, arguments: Sequence[str]) -> None:
    """Refuse an option that no plugin has added; pytest does too, but in several lines and without a hint.

    Args:
        parser: pytest's, once all plugins are loaded.
        arguments: the command line.

    Raises:
        pytest.UsageError: there is such an option among the arguments.
    """
    _, unknown = parser.parse_known_and_unknown_args(arguments)
    for option in (argument.partition("=")[0] for argument in unknown if argument.startswith("-")):
        groups = (parser._anonymous, *parser._groups)
        known = [name for group in groups for added in group.options for name in added.names()]
        alike = difflib.get_close_matches(option, known, n=1)
        hint = f"did you mean {alike[0]}?" if alike else f"{PROGRAM} verify --help lists the options"
        raise pytest.UsageError(f"there is no option {option}; {hint}")


def check(config: pytest.Config) -> None:
    """Check the numbers and the ids among the options.

    Raises:
        pytest.UsageError: one of them makes no sense.
    """
    if not config.getoption("hang_after") > 0:  # nan is not
        raise pytest.UsageError("--hang-after takes a number of seconds above zero")
    if not 0 <= (config.getoption("timeout", None) or 0) <= TIMEOUT_MAX:
        raise pytest.UsageError("--timeout takes a number of seconds, 0 for no limit")
    if config.getoption("scale") < 1:
        raise pytest.UsageError("--scale takes a whole number, 1 or more")
    for prefix in config.getoption("claim"):
        if not prefix or not any(claim.startswith(prefix) for claim in ids()):
            alike = difflib.get_close_matches(prefix, [*ids(), *lessons.names()], n=1)
            hint = f"did you mean {alike[0]}?" if alike else f"{PROGRAM} claims lists them"
            raise pytest.UsageError(f"--claim: no claim begins with {prefix!r}; {hint}")


def apply_scale(config: pytest.Config) -> None:
    """Raise the time limits, and the limit on open files, as the scale demands."""
    scale = config.getoption("scale")
    if scale == 1 or missing():
        return
    deadline.DEADLINE_SECONDS *= scale
    if config.getoption("timeout") is None and "PYTEST_TIMEOUT" not in os.environ:
        config.option.timeout = float(config.getini("timeout")) * scale
    import resource  # here, as Windows has none

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # a checkpoint holds a connection for each payload at it
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
