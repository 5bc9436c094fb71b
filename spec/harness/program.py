"""Run a lesson's main as a program: in an interpreter of its own, from beginning to end.

What happens at the end of a program (daemons are terminated, ordinary children are waited for) can only be seen so.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Callable, Optional

from spec.harness.callers import ending, watch
from spec.harness.process_table import GONE, ZOMBIE, exit_of, state
from spec.harness.roles import note, role

__tracebackhide__ = True  # where the claim waits, its own line says


class Program:
    """An interpreter that runs a module as its main module, and then ends as programs do.

    Args:
        folder: a folder, not in use, for what the program prints.
        module: the name of the module, as ``python -m`` takes it.
        arguments: the command line that it gets.
        options: those of the interpreter, which come before the module.

    Attributes:
        pid: the process.
    """

    def __init__(self, folder: Path, module: str, *arguments: str, options: Sequence[str] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self._output, self._errors = folder / "stdout", folder / "stderr"
        path = os.pathsep.join(entry for entry in sys.path if entry)
        buffering = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *options, "-m", module, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env={**buffering, "PYTHONPATH": path},
            )
        self.pid = self._process.pid
        note(self.pid, f"the program {module}")
        watch(self._failed)

    @classmethod
    def calling(
        cls, folder: Path, api: str, main: Callable[..., object], *args: object, options: Sequence[str] = ()
    ) -> Program:
        """Return a program that calls ``main(mp, *args)``.

        Args:
            folder: a folder, not in use, for what the program is told and what it prints.
            api: the name of the multiprocessing API to pass as *mp*, as `impl.api.load` takes it.
            main: a function that can be pickled; so must *args*.
            options: those of the interpreter.
        """
        folder.mkdir()
        call = folder / "call"
        call.write_bytes(pickle.dumps((api, main, args)))
        program = cls(folder, "spec.harness.run_program", str(call), options=options)
        note(program.pid, f"a program that runs {getattr(main, '__name__', repr(main))}")
        return program

    def _failed(self) -> Optional[str]:
        """Return how the program failed, if it did, and what it printed on stderr."""
        how = None if self._process.returncode is not None else ending(self.pid)
        return f"process {self.pid}, {role(self.pid)}, {how}:\n{self.errors}".rstrip() if how else None

    @property
    def running(self) -> bool:
        """Whether the program has not ended."""
        return state(self.pid) not in (ZOMBIE, GONE)

    def exit_status(self) -> int:
        """Wait until the program has ended, and return its exit status; minus the signal, if one killed it.

        Raises:
            Violation: somebody else has reaped it.
            Hung: it did not end before the deadline.
        """
        if self._process.returncode is None:
            exit_of(self.pid)  # `Popen.wait` would take for success that somebody else has reaped it
        return self._process.wait()

    def kill(self) -> None:
        """Send it SIGKILL, and wait until it is gone."""
        self._process.kill()
        self.exit_status()

    @property
    def output(self) -> str:
        """What it and its children have printed on stdout so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def errors(self) -> str:
        """What it and its children have printed on stderr so far."""
        return self._errors.read_text(encoding="utf-8", errors="replace")
