"""Run the spec as its users do, and read the verdicts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple, Optional

ROOT = Path(__file__).parent.parent.parent

_COMPILED = tempfile.TemporaryDirectory(prefix="pycache-")
"""Where runs find what the runs before them have compiled, whether or not the user keeps such files."""


class Run(NamedTuple):
    """What a run of pytest came to.

    Attributes:
        status: its exit status.
        output: what it printed, on stdout and stderr.
        verdicts: by claim and target, the verdict.
    """

    status: int
    output: str
    verdicts: dict[tuple[str, str], str]

    def on(self, target: str) -> dict[str, str]:
        """Return the verdicts on one target, by claim."""
        return {claim: verdict for (claim, on), verdict in self.verdicts.items() if on == target}

    def claims(self, verdict: str) -> set[str]:
        """Return the claims that got this verdict on some target."""
        return {claim for (claim, _), found in self.verdicts.items() if found == verdict}

    @property
    def error(self) -> str:
        """The line in which pytest said that it cannot run."""
        found = re.search(r"^ERROR: (.*)$", self.output, re.MULTILINE)
        return found.group(1) if found else ""


def verify(*arguments: str, path: Optional[Path] = None, seconds: float = 240) -> Run:
    """Run ``pytest`` with the *arguments* from the root of the project.

    Args:
        arguments: the command line; without a file or folder in it, all claims run.
        path: a folder to import modules from, besides.
        seconds: how long it may take.

    Raises:
        subprocess.TimeoutExpired: it took longer.
    """
    with tempfile.TemporaryDirectory() as folder:
        junit = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={junit}", *arguments]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(path or ""),
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": _COMPILED.name,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
        )
        verdicts = _read(junit) if junit.exists() else {}
    return Run(done.returncode, done.stdout, verdicts)


def _read(junit: Path) -> dict[tuple[str, str], str]:
    verdicts: dict[tuple[str, str], str] = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        facts = {p.get("name"): p.get("value") for p in case.iter("property")}
        if "verdict" in facts:
            verdicts[str(facts["claim"]), str(facts["target"])] = str(facts["verdict"])
    return verdicts
