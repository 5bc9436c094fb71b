"""The catalogs of the exercises and of what `python -m spec learn` says, in all languages.

Babel extracts the texts, as the table [tool.babel] of pyproject.toml says.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from spec.engine.claims import Claim
from spec.installation import installing
from spec.learn import cutting
from spec.learn.exercises import exercises
from spec.learn.languages import DOMAIN, LOCALE_FOLDER
from spec.paths import ROOT
from spec.tools.message_catalogs import Catalogs, pybabel

MESSAGES_FOLDER = LOCALE_FOLDER.parent.relative_to(ROOT)
"""What the messages are extracted from."""


def texts_of_exercises(
    _file: IO[bytes], _keywords: Collection[str], _tags: Collection[str], options: dict[str, Any]
) -> Iterator[tuple[int, str, str, Sequence[str]]]:
    """Yield each text of the exercises, for Babel: where it is, how it is called, the text, and comments on it.

    The texts are those of exercises.toml, the docstrings in the learner's files, and the wordings of the claims.
    """
    del options  # Babel passes it by this name
    wordings = {claim.id: claim.wording for claim in Claim.all()}
    for number, one in enumerate(exercises(), 1):
        asked = one.prediction
        choices = [choice for choice in asked.choices if isinstance(choice, str)]
        for text in one.title, one.task, one.hint, *cutting.docstrings(one), asked.reason, *choices:
            yield number, "", text, []
        for claim, needed in one.claims.items():
            yield number, "", needed, []
            yield number, "", wordings[claim], []


def problems() -> Iterator[str]:
    """Yield a line for each problem of the catalogs of the exercises."""
    if _has_babel():
        with tempfile.TemporaryDirectory() as folder:
            yield from _catalogs(Path(folder)).problems()
    else:
        yield f"{LOCALE_FOLDER.relative_to(ROOT)}: Babel must be installed to check it: {installing('dev')}"


def update() -> list[Path]:
    """Bring the catalogs of the exercises up to date, and return those that were not."""
    if not _has_babel():
        return []
    with tempfile.TemporaryDirectory() as folder:
        return _catalogs(Path(folder)).update()


def _has_babel() -> bool:
    return importlib.util.find_spec("babel") is not None


def _catalogs(folder: Path) -> Catalogs:
    template = folder / f"{DOMAIN}.pot"
    pybabel("extract", "-Fpyproject.toml", "--add-location=file", f"-o{template}", str(MESSAGES_FOLDER))
    return Catalogs(DOMAIN, LOCALE_FOLDER, template, compiled=True)
