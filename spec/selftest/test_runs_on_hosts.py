"""What runs on several hosts: the demo of the lesson `remote`, and the claims, with pytest-xdist."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stdout
from functools import partial
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Callable

from impl import remote
from spec.paths import ROOT
from spec.selftest.isolated_hosts import PORT, MakeHosts, apart


@apart
def test_demo_of_the_lesson_on_four_hosts(network: MakeHosts, tmp_path: Path) -> None:
    """The office of `impl.remote` and the programs of three hosts, which print what they have bought."""
    office, *others = network(4)
    told = tmp_path / "address"
    os.mkfifo(told)
    tell = partial(_write_port, told)
    office.start(remote.open_office, BaseManager, (office.address, 0), remote.KEY, 5, tell)
    address = office.address, int(told.read_text(encoding="ascii"))
    names = [f"host {number}" for number in range(1, 4)]
    visits = [
        host.start(_print_to, tmp_path / name, remote.visit, BaseManager, address, name, bool)
        for host, name in zip(others, names)
    ]
    for visit in visits:
        visit.result()
    lines = [line for name in names for line in (tmp_path / name).read_text(encoding="ascii").splitlines()]
    assert len(lines) == 5
    assert {line.partition(" has ")[2] for line in lines} == {"bought a ticket"}
    assert others[0].start(_tickets_left, address).result() == 0


def _write_port(path: Path, address: tuple[str, int]) -> None:
    path.write_text(str(address[1]), encoding="ascii")


def _print_to(path: Path, function: Callable[..., object], *args: object) -> None:
    with path.open("w", encoding="ascii") as output, redirect_stdout(output):
        function(*args)


def _tickets_left(address: tuple[str, int]) -> object:
    stock, _ = remote.go_to_office(BaseManager, address, remote.KEY)
    return stock.left()


SERVE_ONE_WORKER = """
import sys
from execnet.gateway_base import get_execmodel
from execnet.script import socketserver
socketserver.execmodel = get_execmodel("main_thread_only")
socketserver.startserver(socketserver.bind_and_listen(sys.argv[1], socketserver.execmodel))
"""


@apart
def test_claims_run_on_several_hosts(network: MakeHosts, tmp_path: Path) -> None:
    """A worker of pytest-xdist on another host gets a copy of the checkout, and the reports are one."""
    here, there = network(2)
    there.start(os.execv, sys.executable, [sys.executable, "-c", SERVE_ONE_WORKER, f"{there.address}:{PORT}"])
    folder, report = tmp_path / "there", tmp_path / "report.json"
    folder.mkdir()
    command = [sys.executable, "-m", "pytest", str(ROOT / "spec"), "-v", "-p", "no:cacheprovider"]
    command += [
        "--mp=multiprocessing:fork",
        "--claim=zombie.l",
        "--claim=zombie.w",
        f"--rsyncdir={ROOT}",
        f"--report={report}",
    ]
    command += ["--dist=load", "--tx=popen", f"--tx=socket={there.address}:{PORT}//chdir={folder}"]
    there.start(_until_listening).result()
    running = here.start(_output_of, command)
    while running.running:  # the deadline of the harness is that of one step of a claim
        time.sleep(0.05)
    output = running.result()
    verdicts = json.loads(report.read_text(encoding="utf-8"))["verdicts"]
    assert {verdict["verdict"] for verdict in verdicts} == {"holds"}, output
    assert len(verdicts) == output.count("[gw0]") + output.count("[gw1]"), output
    assert output.count("[gw0]") and output.count("[gw1]"), output


def _output_of(command: list[str]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8")
    return done.stdout + done.stderr


def _until_listening() -> None:
    """Wait until there is a socket that listens, without connecting to it: it would take that for the client."""
    while f":{PORT:04X} 00000000:0000 0A" not in Path("/proc/net/tcp").read_text(encoding="ascii"):
        time.sleep(0.01)
