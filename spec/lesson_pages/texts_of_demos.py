"""The sentences of the demos that the pages translate: what a person should look for.

``docs/babel.toml`` names this module to Babel, which writes the templates for translators.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from impl.__main__ import lessons, look_for


def extract(file: IO[bytes], *_names: Any, **_options: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield what the demo in *file* tells a person to look for, as Babel asks for it; nothing if it has no demo."""
    module = lessons().get(Path(file.name).stem)
    if module is not None:
        _, line = inspect.getsourcelines(module.demo)
        yield line, None, look_for(module.demo), []
