"""Hosts: they reach each other, can be cut off, and leave nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

import pytest

from spec.harness import hosts, platforms
from spec.harness.forked_call import ForkedCallFailed
from spec.harness.hosts import CannotMakeHosts, Network
from spec.harness.process_table import until_blocked
from spec.harness.tcp_connections import established, until_exited_despite_losses, until_quiet, until_unacknowledged
from spec.paths import ROOT
from spec.selftest.isolated_hosts import PORT, MakeHosts, apart, ask, echo
from spec.selftest.runs import verify


@pytest.fixture(params=[pytest.param(True, marks=apart), False], ids=["namespaces", "loopback"])
def either(request: pytest.FixtureRequest, tmp_path: Path, nothing_left: None) -> Iterator[MakeHosts]:  # noqa: ARG001
    with Network(tmp_path, request.param) as network:
        yield network


def names_of_interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


def test_hosts_reach_each_other(either: MakeHosts) -> None:
    here, there = either(2)
    assert here.address != there.address
    server = here.start(echo, here.address)
    assert there.start(ask, here.address, b"dumpling").result() == b"DUMPLING"
    assert server.result() == [b"dumpling"]


def test_children_are_on_the_host_too(either: MakeHosts) -> None:
    [host] = either(1)
    command = [sys.executable, "-c", "import os; print(os.readlink('/proc/self/ns/net'))"]
    of_child = host.start(subprocess.check_output, command).result().decode().strip()
    assert of_child == host.start(os.readlink, "/proc/self/ns/net").result()


def test_failure_is_told_by_the_name_of_the_function(either: MakeHosts) -> None:
    [host] = either(1)
    with pytest.raises(ForkedCallFailed, match="int raised"):
        host.start(int, "x").result()


@pytest.mark.parametrize("number", [0, hosts.MOST_HOSTS + 1])
def test_number_of_hosts_is_bounded(either: MakeHosts, number: int) -> None:
    with pytest.raises(ValueError, match="it must be from 1 to"):
        either(number)


@apart
def test_this_machine_gets_no_interface(network: MakeHosts) -> None:
    before = names_of_interfaces()
    one, _ = network(2)
    assert names_of_interfaces() == before
    assert sorted(one.start(names_of_interfaces).result()) == ["eth0", "lo"]
    assert one.start(os.readlink, "/proc/self/ns/net").result() != os.readlink("/proc/self/ns/net")


@apart
def test_wire_shows_what_a_host_sends(network: MakeHosts) -> None:
    here, there, other = network(3)
    with there.listen_in() as wire, other.listen_in() as another:
        server = here.start(echo, here.address)
        there.start(ask, here.address, b"dumpling").result()
        server.result()
        seen, elsewhere = b"".join(wire.frames()), b"".join(another.frames())
        assert b"dumpling" in seen
        assert b"DUMPLING" in seen
        assert b"dumpling" not in elsewhere
        assert wire.frames() == []


@apart
def test_host_that_is_cut_off_is_not_told(network: MakeHosts, tmp_path: Path) -> None:
    here, there = network(2)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def ask_twice() -> list[bytes]:
        seen = []
        with socket.create_connection((here.address, PORT)) as connection:
            for question in b"one", b"two":
                connection.sendall(question)
                seen.append(connection.recv(100))
                if question == b"one":
                    fifo.read_bytes()
        return seen

    server = here.start(echo, here.address, 2)
    until_blocked([server.pid])
    client = there.start(ask_twice)
    until_quiet()
    there.cut_off()
    fifo.write_bytes(b"")
    until_unacknowledged(client.pid)
    assert [one.timer for one in established(client.pid)] == ["retransmission"]
    assert [one.timer for one in established(server.pid)] == ["no timer"]
    there.restore()
    assert client.result() == [b"ONE", b"TWO"]
    assert server.result() == [b"one", b"two"]


@apart
def test_parameters_of_the_kernel_are_the_hosts_own(network: MakeHosts) -> None:
    one, another = network(2)
    name = "/proc/sys/net/ipv4/tcp_syn_retries"
    usual = Path(name).read_bytes()
    one.set("net.ipv4.tcp_syn_retries", 1)
    assert one.start(Path(name).read_bytes).result() == b"1\n"
    assert another.start(Path(name).read_bytes).result() == usual
    assert Path(name).read_bytes() == usual
    one.cut_off()
    client = one.start(ask, another.address, b"dumpling")
    until_unacknowledged(client.pid)
    until_exited_despite_losses(client.pid)
    assert "OSError" in client.failure() or "TimeoutError" in client.failure()
    with pytest.raises(CannotMakeHosts):
        one.set("net.ipv4.no_such_parameter", 1)


def test_hosts_on_loopback_have_no_links(tmp_path: Path) -> None:
    with Network(tmp_path, False) as network:
        [host] = network(1)
        for call in (
            host.cut_off,
            host.restore,
            host.listen_in,
            host.hold_back,
            lambda: host.set("net.core.somaxconn", 1),
        ):
            with pytest.raises(CannotMakeHosts):
                call()


ABANDONED = """
import os, signal, sys, time
from pathlib import Path
from spec.harness.hosts import Network
with Network(Path(sys.argv[1]), True) as network:
    one, _ = network(2)
    child = one.start(time.sleep, 60)
    print(os.readlink(f"/proc/{os.getpid()}/ns/net"), child.pid, flush=True)
    one.start(time.sleep, 60)
    while os.readlink(f"/proc/{child.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
        time.sleep(0.01)
    print(os.readlink(f"/proc/{child.pid}/ns/net"), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@apart
def test_nothing_is_left_of_a_process_that_was_killed(tmp_path: Path) -> None:
    """The namespaces have no names, and are gone once the last process in them is."""
    before = names_of_interfaces()
    output = tmp_path / "output"
    with output.open("w", encoding="utf-8") as file:  # a pipe would be open until the last process has ended
        done = subprocess.run(
            [sys.executable, "-c", ABANDONED, str(tmp_path)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=file,
            stderr=file,
            check=False,
        )
    text = output.read_text(encoding="utf-8")
    assert done.returncode == -signal.SIGKILL, text
    machine, namespace = re.findall(r"net:\[\d+\]", text)
    assert namespace in map(_namespace, os.listdir("/proc"))
    assert namespace not in (machine, os.readlink("/proc/self/ns/net"))
    for name in os.listdir("/proc"):
        if name.isdigit() and _namespace(name) == namespace:
            os.kill(int(name), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while namespace in map(_namespace, os.listdir("/proc")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert namespace not in map(_namespace, os.listdir("/proc"))
    assert names_of_interfaces() == before
    assert not Path("/run/netns").exists() or os.listdir("/run/netns") == []


def _namespace(pid: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/net")
    except OSError:
        return ""


@apart
def test_a_run_leaves_no_interface() -> None:
    """A run whose claims hold, hang and are violated leaves no interface, no name of a namespace, and no process."""
    before = names_of_interfaces()
    broken = "spec.selftest.defects.remotes:waits-for-a-while"
    run = verify("spec/", "--mp", broken, "--mp", "multiprocessing:fork", "--claim", "remote.office-that-is-cut")
    assert set(run.verdicts.values()) == {"violated", "holds"}
    assert run.leftovers == []
    assert names_of_interfaces() == before
    assert not Path("/run/netns").exists() or os.listdir("/run/netns") == []


def test_without_namespaces_claims_about_links_do_not_apply() -> None:
    """Where no namespace can be made, the header says so once, and other claims are decided on loopback."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-r", "true"], check=False).returncode:
        pytest.skip("this user cannot make a user namespace")
    claims = "remote.hosts-share-objects", "remote.key-is-never-on-the-wire"
    chosen = " ".join(f"--claim={claim}" for claim in claims)
    pytest_command = f"{sys.executable} -m pytest spec/ --mp=multiprocessing:fork -p no:cacheprovider {chosen}"
    done = subprocess.run(
        [unshare, "-r", "sh", "-c", f"echo 0 > /proc/sys/user/max_net_namespaces && {pytest_command}"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.stdout.count("this machine lacks network namespaces") == 1, done.stdout + done.stderr
    assert "No space left on device): so hosts are processes on loopback, and no claim about links" in done.stdout
    assert re.search("remote.hosts-share-objects  +holds", done.stdout)
    assert re.search("remote.key-is-never-on-the-wire  +n/a", done.stdout)


def test_reason_is_told_by_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platforms, "why_no_hosts", lambda: "it is refused")
    platforms.missing_for_hosts.cache_clear()
    try:
        [lack] = platforms.missing_for_hosts()
        assert lack.endswith("see network_namespaces(7) (it is refused)")
    finally:
        platforms.missing_for_hosts.cache_clear()


@apart
def test_other_users_make_hosts_too(tmp_path: Path) -> None:
    """A user who is not root makes the namespaces in a user namespace, if the kernel allows it."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        pytest.skip("this is another user already")
    namespaces = hosts._open_namespaces
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hosts, "_open_namespaces", lambda number, as_user: _refuse(number, as_user, namespaces))
        with Network(tmp_path, True) as network:
            here, there = network(2)
            assert here.start(os.readlink, "/proc/self/ns/user").result() != os.readlink("/proc/self/ns/user")
            with there.listen_in() as wire:
                server = here.start(echo, here.address)
                there.start(ask, here.address, b"dumpling").result()
                server.result()
                assert b"dumpling" in b"".join(wire.frames())


def _refuse(number: int, as_user: bool, otherwise: Callable[[int, bool], list[int]]) -> list[int]:
    if not as_user:
        raise PermissionError("no network namespaces")
    return otherwise(number, as_user)
