"""A pytest plugin that leaves parts of a run out: ``COST_LEAVES_OUT=tests pytest -p spec.tools.cost.left_out``.

The difference between two runs is what the part costs; see `spec.tools.cost.parts`.
"""

from __future__ import annotations

import os
from typing import Optional

import pytest

from spec.engine import watcher
from spec.engine.claims import Claim
from spec.engine.warmup import warm_up

LEAVES_OUT_VARIABLE = "COST_LEAVES_OUT"

STAGES, PROTOCOL, TESTS = "stages", "protocol", "tests"
"""Collect the claims, and run none; fork each stage, which exits at once; set up each test, and do not call it."""


def pytest_configure() -> None:
    """Let each stage exit at once, if that is asked for."""
    if os.environ[LEAVES_OUT_VARIABLE] == PROTOCOL:
        watcher.perform = _fork_only


def _fork_only(item: pytest.Item, claim: Claim) -> list[pytest.TestReport]:  # noqa: ARG001
    warm_up()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out all claims, if that is asked for."""
    if os.environ[LEAVES_OUT_VARIABLE] == STAGES:
        items.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call() -> Optional[bool]:
    """Do not call the test, if that is asked for."""
    return True if os.environ[LEAVES_OUT_VARIABLE] == TESTS else None
