"""In place of `spec.harness.program`: a script runs itself as a program."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

from spec.harness import program


class Program(program.Program):
    """An interpreter that runs a program, and then ends as programs do; these are the methods that differ."""

    def __init__(self, folder: Path, *command: str, path: str = "") -> None:
        self._output, self._errors = folder / "stdout", folder / "stderr"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([path, os.environ.get("PYTHONPATH", "")])}
        environment.pop("PYTHONUNBUFFERED", None)
        with open(self._output, "wb") as output, open(self._errors, "wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=environment
            )
        self.pid = self._process.pid


class Programs:
    """Runs programs; each has a folder of its own."""

    def main(self, function: Callable[..., object], *args: object, options: Sequence[str] = ()) -> Program:
        """Run this file as a program that calls ``function(mp, *args)``."""
        folder = Path(tempfile.mkdtemp(dir="."))
        call = (folder / "call").absolute()
        call.write_bytes(pickle.dumps((function, args)))
        return Program(folder, *options, __file__, str(call))

    def module(self, module: SimpleNamespace, *arguments: str, as_file: bool = False) -> Program:
        """Run *module*, whose code is written out, as a program, by its name or *as_file*."""
        folder = Path(tempfile.mkdtemp(dir=".")).absolute()
        package, _, name = module.__name__.rpartition(".")
        (folder / package).mkdir(parents=True)
        file = folder / package / f"{name}.py"
        file.write_text(module.code, encoding="utf-8")
        main = [str(file)] if as_file else ["-m", module.__name__]
        return Program(folder, *main, "", *arguments, path=str(folder))

    def packed(self, module: SimpleNamespace, name: str, *arguments: str) -> Program:
        """Run the code of *module*, which is written out, as the main module of a folder or an archive."""
        folder = Path(tempfile.mkdtemp(dir=".")).absolute()
        return Program(folder, str(program.pack(module.code, folder / name)), "", *arguments)
