"""The manager that the claims of the lesson use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from impl.contract import Multiprocessing


@pytest.fixture
def manager(mp: Multiprocessing) -> Iterator[Any]:
    """A manager, shut down when the claim has ended."""
    with mp.Manager() as manager:
        yield manager
