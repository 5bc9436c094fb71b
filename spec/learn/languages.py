"""The language of the exercises and of what the command says, by GNU gettext.

A message is written in English, in a call of `gettext.gettext`, which returns it in the language of the user.  The
catalogs in the folder `locale` have the translations.  Texts of exercises.toml are translated when they are shown.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Sequence
from gettext import gettext as _
from pathlib import Path
from typing import Optional

from spec.tools.command_line import UsageError

DOMAIN = "learn"
"""The name of the catalogs."""

LOCALE_FOLDER = Path(__file__).with_name("locale")

ENGLISH = "en"
"""The language that needs no catalog."""


def N_(message: str) -> str:
    """Mark a *message* for the catalogs, which is translated later: when it is shown, the language is known."""
    return message


OF_ARGPARSE = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("optional arguments"),  # in place of options, before Python 3.10
    N_("show this help message and exit"),
    N_("unrecognized arguments: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("expected one argument"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
)
"""Messages of argparse, which looks for them in the same catalogs."""


def languages() -> Sequence[str]:
    """Return the languages that there are, as locales without an encoding."""
    return [ENGLISH, *sorted(folder.name for folder in LOCALE_FOLDER.iterdir() if folder.is_dir())]


def use(language: Optional[str]) -> None:
    """Let gettext translate into a *language*; if None, into the one that the environment asks for.

    The variables are those of gettext: LANGUAGE, LC_ALL, LC_MESSAGES and LANG.  English is used if there is no
    catalog, or if the output cannot have the characters of the language that the environment asks for.

    Raises:
        UsageError: the output cannot have the characters of *language*.
    """
    gettext.bindtextdomain(DOMAIN, str(LOCALE_FOLDER))
    gettext.textdomain(DOMAIN)
    if language is not None:
        os.environ["LANGUAGE"] = language
    encoding = sys.stdout.encoding or "utf-8"
    try:
        _("English").encode(encoding)  # the translation is the name of the language
    except UnicodeEncodeError:
        os.environ["LANGUAGE"] = ENGLISH
        if language is not None:
            raise UsageError(
                f"--language: the output has the encoding {encoding}, which lacks the characters of {language};"
                " set PYTHONIOENCODING=utf-8"
            ) from None
