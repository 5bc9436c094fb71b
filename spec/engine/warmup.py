"""Do once, in pytest's process, what each stage would have to do again; a stage is a fork, and inherits the result.

No code under test runs here.  The standard library and Hypothesis do here what they do at their first use.  A library
with modules or a resource tracker of its own loads them on each stage: that costs time, and changes no verdict.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

LAZILY_IMPORTED = (
    "multiprocessing.managers",
    "multiprocessing.popen_fork",
    "multiprocessing.popen_forkserver",
    "multiprocessing.popen_spawn_posix",
    "multiprocessing.queues",
    "multiprocessing.synchronize",
)
"""The modules that the standard library imports when a context makes its first process, lock, queue or manager."""

WARMUP_EXAMPLES = 100
"""Enough examples that Hypothesis draws a constant at least once.

When it first draws one, it searches all modules for constants.  One draw in twenty is a constant.
"""


@cache
def warm_up() -> None:
    """Import what stages use, fill the caches of other libraries, and freeze the objects that exist."""
    for module in LAZILY_IMPORTED:
        with suppress(ImportError):  # not all of them exist on each platform
            importlib.import_module(module)
    inspect.getmodule(inspect.currentframe())  # fills a cache of the modules' files, which pytest shows failures with
    settings(settings.get_profile("spec"), max_examples=WARMUP_EXAMPLES)(given(st.integers())(lambda _: None))()
    gc.collect()
    if hasattr(gc, "freeze"):  # PyPy's collector has no such function
        gc.freeze()  # or a collection in a fork would visit all objects of pytest, and so copy their pages


_shared: list[Any] = []
"""The module of the resource tracker, once the tracker was started."""


def share_resource_tracker() -> None:
    """Start the standard library's resource tracker, if it does not run; otherwise each stage would start one.

    All processes of a program share one resource tracker; see
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods.
    """
    with suppress(ImportError), _without_stderr(), warnings.catch_warnings():  # Windows has none
        warnings.simplefilter("ignore")  # Python warns if a claim has killed the last one
        tracker = importlib.import_module("multiprocessing.resource_tracker")
        tracker.ensure_running()
        _shared[:] = [tracker]


def end_resource_tracker() -> None:
    """End the shared resource tracker, if it was started; it then removes what claims have left behind."""
    for tracker in _shared:
        tracker._resource_tracker._stop()  # as the tests of the standard library do


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Give processes that are started meanwhile no stderr."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
