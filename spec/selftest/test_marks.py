"""The conditions of claims are met where their wording says."""

from __future__ import annotations

import sys

from spec.engine.marks import counts_references, default_is_fork, default_is_forkserver
from spec.engine.targets import TRAITS


def test_only_cpython_counts_references() -> None:
    assert counts_references.met_by(TRAITS["fork"]) == (sys.implementation.name == "cpython")
    assert counts_references.of_python


def test_one_default_is_met_on_each_python() -> None:
    met = [condition.met_by(TRAITS["fork"]) for condition in (default_is_fork, default_is_forkserver)]
    assert sorted(met) == [False, True]
