"""The test methods of CPython's own tests of multiprocessing, as this Python has them."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path
from typing import Optional


def file() -> Optional[Path]:
    """Return the file of the tests, or None if this Python was installed without it, as Debian's is."""
    path = Path(sysconfig.get_path("stdlib"), "test", "_test_multiprocessing.py")
    return path if path.is_file() else None


def methods(path: Path) -> list[str]:
    """Return the test methods in *path*, as ``CLASS.METHOD``; the file is read, not imported."""
    return [
        f"{node.name}.{member.name}"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        for member in node.body
        if isinstance(member, ast.FunctionDef) and member.name.startswith("test")
    ]
