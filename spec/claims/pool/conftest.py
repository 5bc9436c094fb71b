"""The fixture `pool`, which the claims of this lesson use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from impl.contract import Multiprocessing, Pool


@pytest.fixture
def pool(mp: Multiprocessing) -> Iterator[Pool]:
    """Return a pool of two workers, and terminate it when the claim has ended."""
    with mp.Pool(2) as pool:
        yield pool
