"""The fixture `manager`, which the claims of this lesson use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from impl.contract import Multiprocessing


@pytest.fixture
def manager(mp: Multiprocessing) -> Iterator[Any]:
    """Return a manager, and shut it down when the claim has ended."""
    with mp.Manager() as manager:
        yield manager
