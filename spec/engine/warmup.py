"""Do once, in pytest's process, what every stage would have to do anew: a stage is a fork, and inherits what is done.

Nothing of what is under test runs here, only what the standard library and Hypothesis do when first used.  A library
with modules or a resource tracker of its own pays for them on each stage, and is verified none the less.
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
"""What the standard library imports when a context makes the first process, lock, queue or manager."""

EXAMPLES = 100
"""Hypothesis looks through all modules for constants when it first draws one; that is one draw in twenty."""


@cache
def warm_up() -> None:
    """Import what stages use, have others prepare what they keep, and set the garbage collector at rest."""
    for module in LAZILY_IMPORTED:
        with suppress(ImportError):  # which of them there are depends on the platform
            importlib.import_module(module)
    inspect.getmodule(inspect.currentframe())  # finds where each module is, as pytest does when it shows a failure
    settings(settings.get_profile("spec"), max_examples=EXAMPLES)(given(st.integers())(lambda _: None))()
    gc.collect()
    gc.freeze()  # a collection in a fork would go through all that pytest has made, and copy its pages


_shared: list[Any] = []
"""The module with the resource tracker, once that was started."""


def share_resource_tracker() -> None:
    """Start the standard library's resource tracker, which each stage would start anew, unless it runs.

    All processes of an application share one; see
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods.
    """
    with suppress(ImportError), _without_stderr(), warnings.catch_warnings():  # Windows has none
        warnings.simplefilter("ignore")  # a claim may have ended the last one
        tracker = importlib.import_module("multiprocessing.resource_tracker")
        tracker.ensure_running()
        _shared[:] = [tracker]


def end_resource_tracker() -> None:
    """End the shared one, if it was started; it removes what claims have left behind."""
    for tracker in _shared:
        tracker._resource_tracker._stop()  # what the standard library's own tests do


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Let what is started meanwhile have no stderr."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
