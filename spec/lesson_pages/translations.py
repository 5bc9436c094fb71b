"""Check that no translation of the documentation is missing or out of date.

``python -m spec.lesson_pages.translations FOLDER`` compares the catalogs in ``docs/locale`` with the templates in the
folder, which Sphinx and Babel write in `tox -e docs`.  Pages without a template are not translated.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Optional

from spec.paths import ROOT
from spec.tools.message_catalogs import Catalogs

PAGES_LOCALE_FOLDER = ROOT / "docs" / "locale"


def problems(templates: Path, locale: Path = PAGES_LOCALE_FOLDER) -> Iterator[str]:
    """Yield a line for each problem: what is wrong, and what mends it.

    Args:
        templates: the folder with a template for each page, and one for the fixed words.
        locale: the folder with a folder for each language.
    """
    found = {path.relative_to(templates).with_suffix("").as_posix(): path for path in templates.rglob("*.pot")}
    if not found:
        yield f"{templates}: there are no templates in it"
    for domain, template in sorted(found.items()):
        yield from Catalogs(domain, locale, template, remedy="run tox -e translations").problems()
    for messages in sorted(locale.glob("*/LC_MESSAGES")):
        for file in sorted(messages.rglob("*.po")):
            if file.relative_to(messages).with_suffix("").as_posix() not in found:
                yield f"{file}: no page has these messages: remove it"


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Print a line for each problem, and return 1 if there is any.

    Args:
        arguments: the folder; those of this process if left out.
    """
    [folder] = sys.argv[1:] if arguments is None else arguments
    found = [*problems(Path(folder))]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
