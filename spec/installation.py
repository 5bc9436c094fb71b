"""Where the project runs, in a checkout or as pip has installed it, and how it is called there."""

from __future__ import annotations

from spec.paths import SPEC_FOLDER

IN_CHECKOUT = (SPEC_FOLDER / "selftest").is_dir()
"""Whether this is a checkout; a wheel leaves out the tests of the spec."""

PROGRAM = "python -m spec" if IN_CHECKOUT else "multiprocessing-spec"
"""How a command line begins."""

VERIFY = "pytest spec/" if IN_CHECKOUT else f"{PROGRAM} verify"
"""How a command line begins that verifies something."""

DISTRIBUTION = "multiprocessing-spec"
"""The name under which pip knows the project."""


def installing(extra: str) -> str:
    """Return the command that installs what an *extra* of the project needs."""
    return f"pip install '{'.' if IN_CHECKOUT else DISTRIBUTION}[{extra}]'"
