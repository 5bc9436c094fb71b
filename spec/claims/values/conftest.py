"""The fixture `sharedctypes`, which some claims of this lesson use."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from spec.engine.lessons import NotProvided


@pytest.fixture
def sharedctypes(mp: Any) -> ModuleType:
    """The module that has the class of the API's values, and `copy` and `synchronized` besides."""
    modules = [sys.modules[kind.__module__] for kind in type(mp.Value("i")).__mro__]
    found = [module for module in modules if hasattr(module, "copy") and hasattr(module, "synchronized")]
    if not found:
        raise NotProvided("its values come from a module without copy and synchronized")
    return found[0]
