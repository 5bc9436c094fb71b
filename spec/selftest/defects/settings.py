"""An API whose default start method can be changed at any time."""

from __future__ import annotations

import multiprocessing
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

_default = multiprocessing.get_context("fork")
ForkProcess: Any = _default.Process
Pipe = _default.Pipe
_method = ["fork"]


class Process(ForkProcess):
    """A process that forgets which start method its starter has set."""

    def run(self):
        del _method[1:]
        super().run()


def get_start_method(allow_none=False):
    """Return the start method that was set last."""
    return _method[-1]


def set_start_method(method, force=False):
    """Set the start method, whether it was set before or not."""
    _method.append(method)


def freeze_support():
    """Do nothing."""


@family.breaks(
    "isolation.start-method-is-set-once",
    "isolation.start-method-can-be-set-after-freeze-support",
    "isolation.start-method-that-is-set-reaches-children",
    "isolation.context-has-one-start-method",
    "isolation.context-settles-no-default",
)
class ChangesItsMind(Broken):
    """The start method can be set again and again, and to anything; no child has it, no context is the default."""


@family.breaks("isolation.childs-default-is-its-own-start-method")
class ForgetsHowItWasStarted(Broken):
    """A child is spawned, and its default start method is fork."""

    method = "spawn"
