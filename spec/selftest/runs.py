"""Run the spec as its users do, and read the verdicts."""

from __future__ import annotations

import atexit
import os
import re
import sys
import tempfile
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Optional

from spec.paths import ROOT
from spec.selftest.fork_server import ForkServer, Request

_COMPILED = tempfile.TemporaryDirectory(prefix="pycache-")
"""Where runs find the bytecode of earlier runs, if the user has turned bytecode files off."""

_STARTING = threading.Lock()
"""Held by the thread that may start the server."""


class Run(NamedTuple):
    """The outcome of a run of pytest.

    Attributes:
        status: its exit status.
        output: what it printed on stdout and stderr.
        verdicts: the verdict, by claim and target.
        leftovers: the processes that it left behind, which were killed.
    """

    status: int
    output: str
    verdicts: dict[tuple[str, str], str]
    leftovers: Sequence[str]

    def on(self, target: str) -> dict[str, str]:
        """Return the verdicts for one target, by claim."""
        return {claim: verdict for (claim, on), verdict in self.verdicts.items() if on == target}

    def claims(self, verdict: str) -> set[str]:
        """Return the claims that got this verdict for some target."""
        return {claim for (claim, _), found in self.verdicts.items() if found == verdict}

    @property
    def error(self) -> str:
        """The line in which pytest says why it cannot run."""
        found = re.search(r"^ERROR: (.*)$", self.output, re.MULTILINE)
        return found.group(1) if found else ""


def verify(
    *arguments: str,
    path: Optional[Path] = None,
    seconds: float = 240,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Run:
    """Run ``pytest`` with the *arguments* from the root of the project.

    Args:
        arguments: the command line; without a file or folder in it, all claims run.
        path: another folder to import modules from.
        seconds: how long it may take.
        variables: more environment variables.

    Raises:
        TimeoutError: it took longer.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+", errors="replace") as output:
        junit = Path(folder) / "junit.xml"
        options = [
            "-p",
            "no:cacheprovider",
            f"--junitxml={junit}",
            *([f"--override-ini=pythonpath={path}"] if path else []),
        ]
        request = Request([*options, *arguments], {**_environment(), **variables})
        with _STARTING:
            server = _server()
        answer = server.run(request, output.fileno(), seconds)
        output.seek(0)
        return Run(answer.status, output.read(), read_verdicts(junit) if junit.exists() else {}, answer.leftovers)


@cache
def _server() -> ForkServer:
    """Return the server that forks for all runs."""
    server = ForkServer(ROOT, _environment())
    atexit.register(server.close)
    return server


def _environment() -> dict[str, str]:
    """Return the environment variables of runs."""
    compiling = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": _COMPILED.name}
    return {**os.environ, "PYTHONPATH": "", **(compiling if sys.dont_write_bytecode else {})}


def read_verdicts(junit: Path) -> dict[tuple[str, str], str]:
    """Return the verdicts by claim and target that are in a file which ``--junitxml`` has written."""
    verdicts: dict[tuple[str, str], str] = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        facts = {p.get("name"): p.get("value") for p in case.iter("property")}
        if "verdict" in facts:
            verdicts[str(facts["claim"]), str(facts["target"])] = str(facts["verdict"])
    return verdicts
