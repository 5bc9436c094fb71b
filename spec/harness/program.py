"""Run the main of a lesson as a program: in an interpreter of its own, from beginning to end.

Only a whole program shows what happens at the end of one: daemons are terminated, ordinary children are joined.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Callable, Optional

from spec.harness.callers import ending, watch
from spec.harness.process_table import GONE, ZOMBIE, exit_of, pids, state, until_exited
from spec.harness.roles import note, role

__tracebackhide__ = True  # a traceback ends at the line of the claim that waits


class Program:
    """An interpreter that runs a program from beginning to end.

    Args:
        folder: an unused folder for the output of the program; it is created if it does not exist.
        command: the command line of the interpreter, such as ``-m`` and the name of a module.

    Attributes:
        pid: the pid of the program.
    """

    def __init__(self, folder: Path, *command: str) -> None:
        folder.mkdir(exist_ok=True)
        self._output, self._errors = folder / "stdout", folder / "stderr"
        path = os.pathsep.join(entry for entry in sys.path if entry)
        buffering = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env={**buffering, "PYTHONPATH": path},
            )
        self.pid = self._process.pid
        note(self.pid, f"the program {' '.join(command[:2])}")
        watch(self._failed)

    @classmethod
    def calling(
        cls, folder: Path, api: str, main: Callable[..., object], *args: object, options: Sequence[str] = ()
    ) -> Program:
        """Return a program that calls ``main(mp, *args)``.

        Args:
            folder: a folder for the call and the output of the program; it must not exist.
            api: the name of the multiprocessing API to pass as *mp*, as `impl.api.load` takes it.
            main: a picklable function.
            args: further arguments, picklable too.
            options: the options of the interpreter.
        """
        folder.mkdir()
        call = folder / "call"
        call.write_bytes(pickle.dumps((api, main, args)))
        program = cls(folder, *options, "-m", "spec.harness.run_program", str(call))
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
        """Wait until the program has ended, reap it, and return its exit status.

        If a signal killed the program, that is the negative number of the signal, as in `subprocess`.

        Raises:
            Violation: another process has reaped the program.
            Hung: the program did not end before the deadline.
        """
        if self._process.returncode is None:
            exit_of(self.pid)  # `Popen.wait` returns 0 if the program was reaped elsewhere
        return self._process.wait()

    def kill(self) -> None:
        """Send SIGKILL to the program, and wait until it has ended."""
        self._process.kill()
        self.exit_status()

    @property
    def output(self) -> str:
        """What the program and its children have printed on stdout so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def errors(self) -> str:
        """What the program and its children have printed on stderr so far."""
        return self._errors.read_text(encoding="utf-8", errors="replace")

    def all_errors(self) -> str:
        """Wait until each process that may print on this stderr has exited, and return what was printed there.

        The helper processes of a library may end after the program: the resource tracker complains only then.

        Raises:
            Hung: one of them did not exit before the deadline.
        """
        file = self._errors.stat()
        for pid in pids():
            with suppress(OSError):  # it has exited, or belongs to somebody else
                if os.path.samestat(os.stat(f"/proc/{pid}/fd/2"), file):
                    until_exited(pid)
        return self.errors


def pack(code: str, path: Path) -> Path:
    """Write *code* as the module ``__main__`` of a program that Python runs by its *path*, and return the path.

    See `interface options <https://docs.python.org/3/using/cmdline.html#interface-options>`_.

    Args:
        code: the code of the module.
        path: where the program is to be; it must not exist.  If its name ends in ``.zip``, the program is an archive,
            and otherwise a folder.
    """
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__main__.py", code)
    else:
        path.mkdir()
        (path / "__main__.py").write_text(code, encoding="utf-8")
    return path
