"""Virtual environments in which the project is installed as its users install it; none of this needs a network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")

DEPENDENCIES = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
"""Where the environment of this process has what the project depends on."""

OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_IGNORE_INSTALLED": "1"}
"""What lets pip install a project from its sources with what is there.  The third one means what it does not say: see
https://github.com/pypa/pip/issues/5735."""


class Environment:
    """A virtual environment that has what the project depends on, and not the project.

    Args:
        folder: where to make it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._cache = folder / "environment", folder / "cache"
        must(sys.executable, "-m", "venv", "--without-pip", str(self.folder))
        [packages] = self.folder.glob("lib/python3*/site-packages")
        (packages / "dependencies.pth").write_text("\n".join(DEPENDENCIES), encoding="utf-8")
        pip = self.folder / "bin" / "pip"  # the modules of pip are among the dependencies, its command is not
        pip.write_text(f'#!/bin/sh\nexec {self.folder}/bin/python -m pip "$@"\n', encoding="utf-8")
        pip.chmod(0o755)

    def run(self, command: Sequence[str], cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a *command* of the environment, or another one.

        Args:
            command: the command line.
            cwd: the current folder of the command.
            variables: more environment variables for it.
        """
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
        path = os.pathsep.join([str(self.folder / "bin"), kept.get("PATH", os.defpath)])
        environment = {**kept, "PATH": path, "XDG_CACHE_HOME": str(self._cache), **variables}
        line = ["/usr/bin/env", *command]  # looks for the command in the path of the new environment
        return subprocess.run(
            line, cwd=cwd, env=environment, capture_output=True, text=True, timeout=240, check=False
        )

    def files(self) -> dict[str, int]:
        """Return the files and folders of the environment, with the time in ns at which each was changed."""
        return {path.relative_to(self.folder).as_posix(): path.lstat().st_mtime_ns for path in self.folder.rglob("*")}

    def install(self, wheel: Path) -> None:
        """Let pip install a *wheel*, and make the environment read-only."""
        self._pip("install", "--no-deps", "--no-index", "--ignore-installed", str(wheel))
        must("chmod", "-R", "a-w", str(self.folder / "lib"))

    def uninstall(self) -> None:
        """Let pip uninstall the project."""
        must("chmod", "-R", "u+w", str(self.folder / "lib"))
        self._pip("uninstall", "--yes", "multiprocessing-spec")

    def _pip(self, *arguments: str) -> None:
        must(*PIP, "--python", str(self.folder / "bin" / "python"), *arguments)


def must(*command: str) -> None:
    """Run a *command*, which must succeed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout


def build_wheel(source: Path, folder: Path) -> Path:
    """Build a wheel of the project as it is in *source*, in a *folder*."""
    must(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(source))
    [wheel] = folder.glob("*.whl")
    return wheel
