"""The test methods of CPython's own tests of processes, as this Python has them."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

OF_OTHERS = ("InterpreterPool", "ThreadPool")
"""How the names of classes begin that test executors whose workers are no processes."""


def files() -> list[Path]:
    """Return the files of the tests; there are none if this Python was installed without them, as Debian's is.

    Those of executors are a package since Python 3.12.
    """
    folder = Path(sysconfig.get_path("stdlib"), "test")
    of_executors = folder / "test_concurrent_futures"
    candidates = [folder / "_test_multiprocessing.py", of_executors.with_suffix(".py"), *of_executors.glob("*.py")]
    return [path for path in candidates if path.is_file() and path.name != "test_interpreter_pool.py"]


def methods(path: Path) -> list[str]:
    """Return the test methods in *path* that are about processes, as ``CLASS.METHOD``; it is read, not imported."""
    return [
        f"{node.name}.{member.name}"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith(OF_OTHERS)
        for member in node.body
        if isinstance(member, ast.FunctionDef) and member.name.startswith("test")
    ]
