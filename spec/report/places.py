"""Where a violation is shown at a pull request: the file of a repository that stands for the module under test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from spec.report.document import TargetData

SOURCES = ("", "src", "lib")
"""The folders of a repository in which the packages of a library usually are."""

INSTALLED = {"site-packages", "dist-packages"}
"""The folders of installed packages, which may be inside a repository, as part of a virtual environment."""


def source_path(target: TargetData) -> Optional[str]:
    """Return the path of the module of *target*, relative to the repository; None if nothing there stands for it.

    The repository is the workspace of GitHub Actions, and elsewhere the current folder.  If the module is installed,
    its source in the repository stands for it, or else the pyproject.toml in the current folder.
    """
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    for path in _candidates(target):
        resolved = path.resolve()
        if root in resolved.parents and not INSTALLED.intersection(resolved.parts) and resolved.is_file():
            return resolved.relative_to(root).as_posix()
    return None


def _candidates(target: TargetData) -> Iterator[Path]:
    yield Path(target["file"])
    module = Path(*target["module"].split("."))
    for folder in SOURCES:
        yield folder / module / "__init__.py"
        yield folder / module.with_suffix(".py")
    yield Path("pyproject.toml")
