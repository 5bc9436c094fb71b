"""A copy of an installed library, in which one module at a time is replaced by a mutant."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
import py_compile
import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Optional

from spec.tools.command_line import UsageError


class Library:
    """An installed library.

    Args:
        name: the module that is its multiprocessing API, as ``--mp`` takes it, without a context.

    Raises:
        UsageError: it is not installed, is part of Python, or is a single file.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.package = name.partition(".")[0]
        found = _find(name)
        if found is None or found.origin is None:
            raise UsageError(f"no module named {name!r} here; is it installed?")
        top = Path(_find(self.package).origin or "")  # type: ignore[union-attr]  # its submodule was found
        if top.is_relative_to(sysconfig.get_path("stdlib")) and "site-packages" not in top.parts:
            raise UsageError(f"{name!r} is part of Python, which needs it; name a library that is installed")
        if top.name != "__init__.py":
            raise UsageError(f"{name!r} is a single file; name a library that is a package")
        self.folder = top.parent
        self.modules_folder = Path(found.origin).parent

    @property
    def version(self) -> str:
        """The version of the distribution, or "unknown"."""
        try:
            return importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError:
            return "unknown"

    def sources(self) -> dict[str, str]:
        """Return the sources of the modules of the API, by the name of the module without the package."""
        files = sorted(self.modules_folder.glob("*.py"))
        return {file.stem: file.read_text(encoding="utf-8") for file in files}


def _find(name: str) -> Optional[importlib.machinery.ModuleSpec]:
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None


class Copy:
    """A copy of a library, in a folder that is to be put first on the path.

    Args:
        library: the library.
        folder: where to put the copy; it is made.
    """

    def __init__(self, library: Library, folder: Path) -> None:
        self.folder = folder
        package = folder / library.package
        shutil.copytree(library.folder, package, ignore=shutil.ignore_patterns("__pycache__"))
        self._modules = package / library.modules_folder.relative_to(library.folder)

    def write(self, sources: Mapping[str, str]) -> None:
        """Replace the *sources* of some modules, by name."""
        for module, source in sources.items():
            file = self._modules / f"{module}.py"
            file.write_text(source, encoding="utf-8")
            # A hash tells whether the bytecode is that of the source.  By the size and the time, in seconds, it
            # would take the bytecode of one mutant for that of the next one.
            py_compile.compile(str(file), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)

    @contextmanager
    def containing(self, module: str, mutant: str) -> Iterator[None]:
        """Replace the source of *module* by *mutant* within a ``with`` statement."""
        reference = (self._modules / f"{module}.py").read_text(encoding="utf-8")
        self.write({module: mutant})
        try:
            yield
        finally:
            self.write({module: reference})
