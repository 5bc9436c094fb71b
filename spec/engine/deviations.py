"""Known deviations: what is known to be violated on a target, and why, so that a run fails only for what is new.

They are written in TOML, and may be shared by an implementation's authors and this project alike::

    [[deviation]]
    claims = ["daemon.may-have-no-children"]
    target = "billiard"             # or one context of it: "billiard:fork"; of managed objects: "billiard:managed"
    versions = ">=4.2"              # optional: PEP 440; of the standard library, Python's
    python = ">=3.10"               # optional, likewise: with which Pythons
    implementation = "PyPy"         # optional: with which implementation of Python; "CPython" with all builds of it,
                                    # "free-threaded CPython" with that one only
    start-methods = ["fork"]        # optional
    intermittent = true             # optional: a race, which a run may win
    reason = "start() does not look at the flag of the process that calls it."
    link = "https://..."            # optional
    script = "daemon/children.py"   # optional: for the bug report, in known_deviations/scripts

`known_deviations` has what is known of some libraries: it is shipped, and used unless a run asks for none.  It counts
for an API too whose processes are of a subclass of theirs, and for copies of a library that a file names::

    [copies]
    "mylib._vendor.billiard" = "billiard"

What a package of lessons is known not to meet is in a file that names the package, above its tables::

    impl = "mylessons"

Such a file counts for runs with this ``--impl``.  Its tables need no target: without one, they are about any API.
"""

from __future__ import annotations

import difflib
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Optional

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from impl.api import NoSuchAPI, contexts, load
from impl.managed import SUFFIX, is_managed
from spec.engine import toml_file
from spec.engine.claims import ids
from spec.engine.lessons import REFERENCE
from spec.engine.targets import Target
from spec.engine.targets import implementation as implementation_here
from spec.engine.toml_file import BadFile
from spec.installation import PROGRAM
from spec.paths import SPEC_FOLDER

SHIPPED = SPEC_FOLDER / "known_deviations"

SCRIPTS_FOLDER = SHIPPED / "scripts"
"""Scripts for bug reports.  Each shows one fault of a library."""

NONE = "none"
"""Given in place of a file: no deviations, the shipped ones neither."""

KEYS = {
    "claims": list,
    "target": str,
    "versions": str,
    "python": str,
    "implementation": str,
    "start-methods": list,
    "intermittent": bool,
    "reason": str,
    "link": str,
    "script": str,
}
REQUIRED = ("claims", "target", "reason")

TODO = "TODO"
"""How a reason begins that is still to be found."""


class BadDeviations(ValueError):
    """A file of deviations says what cannot be meant.  The message is one line for the user."""


@dataclass(frozen=True)
class Deviation:
    """A known deviation.

    Attributes:
        claims: the ids of the claims that are known to fail.
        target: on what: a module, which stands for all its contexts, or one of them.  ``MODULE:managed`` stands for
            the objects of managers in all contexts.  Empty if on any API.
        reason: why they fail.
        versions: of the target, those that deviate.
        python: with which versions of Python it deviates.
        implementation: with which implementation of Python it deviates; empty if with any.
        start_methods: those under which it deviates; all, if there are none.
        intermittent: whether the claims hold in some runs.
        link: where to read more; empty if there is no such page.
        script: a script for the bug report, which shows the fault without this suite; None if there is none.
        file: where the deviation is declared.
        number: which table of the file it is, from 1 on.
        lessons: the package of lessons that the claims are known to fail with.
    """

    claims: tuple[str, ...]
    target: str
    reason: str
    versions: SpecifierSet
    python: SpecifierSet
    implementation: str
    start_methods: tuple[str, ...]
    intermittent: bool
    link: str
    script: Optional[Path]
    file: str
    number: int
    lessons: str

    def concerns(self, target: Target, original: Optional[str] = None) -> bool:
        """Return whether it is about *target*, in this version, under this start method, and with this Python.

        Args:
            target: the target.
            original: the module that the module of the target is a copy of; None to ask about the target itself.
        """
        module, colon, context = target.name.partition(":")
        module = original or module
        python = platform.python_version()
        return self.covers(module + colon + context, target.start_method, target.version or python, python)

    def covers(
        self,
        target: str,
        start_method: Optional[str],
        version: str,
        python: str,
        implementation: Optional[str] = None,
    ) -> bool:
        """Return whether it is about a target.

        Args:
            target: the name of the target.
            start_method: its start method; None if it has none.
            version: its version.
            python: the version of Python.
            implementation: the implementation of Python, as reports name it; None for this one.
        """
        module = target.partition(":")[0]
        all_contexts = module + SUFFIX if is_managed(target) else module
        return self.target in (target, all_contexts, "") and self._suits(
            start_method, version, python, implementation
        )

    @property
    def place(self) -> str:
        """Where it is declared, for messages."""
        return f"{self.file}, deviation {self.number}"

    def check(self, targets: Sequence[Target]) -> None:
        """Compare the names that it limits itself to with those that the modules of *targets* have.

        A module that is not among them, or is there in a version that this is not about, may have others.

        Raises:
            BadDeviations: there is no such context or start method.
        """
        python, module = platform.python_version(), self.target.partition(":")[0]
        concerned = [
            target
            for target in targets
            if module in (target.name.partition(":")[0], "")
            and self._suits_versions(target.version or python, python)
        ]
        if not concerned:
            return
        if self.target:
            try:
                load(self.target)
            except NoSuchAPI as error:
                raise BadDeviations(f"{self.place}: {error}") from None
        listed = [contexts(target.module) for target in concerned]
        known = {*chain(*listed), *(target.start_method for target in concerned)}
        for method in self.start_methods:
            if all(listed) and method not in known:
                names = ", ".join(sorted(filter(None, known)))
                raise BadDeviations(f"{self.place}: no start method is called {method!r}; there are {names}")

    def is_inherited_by(self, target: Target) -> bool:
        """Return whether it is about what the processes of *target* are built on, in this version, and so on."""
        python, managed = platform.python_version(), SUFFIX if is_managed(target.name) else ""
        return any(
            self.target in (base.name, base.name + managed) and self._suits(base.start_method, base.version, python)
            for base in target.bases
        )

    @property
    def is_explained(self) -> bool:
        """Whether the reason has been found."""
        return not self.reason.startswith(TODO)

    def _suits(
        self,
        start_method: Optional[str],
        version: str,
        python: str,
        implementation: Optional[str] = None,
    ) -> bool:
        if self.start_methods and start_method not in self.start_methods:
            return False
        implementation = implementation or implementation_here()
        if not implementation.endswith(self.implementation):  # "free-threaded CPython" is CPython
            return False
        return self._suits_versions(version, python)

    def _suits_versions(self, version: str, python: str) -> bool:
        if not self.python.contains(python, prereleases=True):
            return False
        try:
            return self.versions.contains(Version(version), prereleases=True)
        except InvalidVersion:
            return not str(self.versions)


class Declared(NamedTuple):
    """What a file declares.

    Attributes:
        deviations: the deviations.
        copies: the modules that are copies of others, with the names of those.
    """

    deviations: list[Deviation]
    copies: Mapping[str, str]


class Deviations:
    """All that are known.

    Args:
        declared: what is declared; of several deviations that cover a verdict, the last counts.
        lessons: the package of lessons under test.
    """

    def __init__(self, declared: Iterable[Declared] = (), lessons: str = REFERENCE) -> None:
        self._known: list[Deviation] = []
        self._copies: dict[str, str] = {}
        self._lessons = lessons
        for one in declared:
            self._known += one.deviations
            self._copies.update(one.copies)

    def __iter__(self) -> Iterator[Deviation]:
        return iter(self._known)

    def find(self, claim: str, target: Target) -> Optional[Deviation]:
        """Return the deviation that covers the *claim* with this id on *target*, or None.

        What is known of the API that its processes are built on, or that it is a copy of, it may have inherited, or
        mended.  Likewise a package of lessons may be built on an API, or not.  Unless something is known of itself,
        that is returned as what fails now and then.
        """
        known = [deviation for deviation in reversed(self._known) if claim in deviation.claims]
        own = (deviation for deviation in known if self._is_own(deviation, target))
        inherited = (replace(one, intermittent=True) for one in known if self._is_inherited(one, target))
        return next(own, None) or next(inherited, None)

    def original(self, module: str) -> Optional[str]:
        """Return the name of the module that *module* is a copy of, or None if it is none."""
        return self._copies.get(module)

    def _is_own(self, deviation: Deviation, target: Target) -> bool:
        return deviation.lessons == self._lessons and deviation.concerns(target)

    def _is_inherited(self, deviation: Deviation, target: Target) -> bool:
        if deviation.lessons not in (self._lessons, REFERENCE):
            return False
        original = self.original(target.name.partition(":")[0])
        of_original = original is not None and deviation.concerns(target, original)
        of_api = deviation.lessons != self._lessons and deviation.concerns(target)
        return of_api or of_original or deviation.is_inherited_by(target)

    def files(self, target: Target) -> list[str]:
        """Return the files that declare deviations of *target*, or of what it may have inherited them from."""
        concern = (one.file for one in self._known if self._is_own(one, target) or self._is_inherited(one, target))
        return list(dict.fromkeys(concern))


def collect(options: Sequence[str], targets: Sequence[Target] = (), lessons: str = REFERENCE) -> Deviations:
    """Return the shipped deviations, unless `NONE` is among the *options*, then those in the files that they name.

    Args:
        options: paths of files, or `NONE`.
        targets: what is under test; the files must not name contexts that it lacks.
        lessons: the package of lessons under test.

    Raises:
        BadDeviations: a file cannot be read, or says what cannot be meant.
    """
    named = [read(Path(option)) for option in options if option != NONE]
    for one in chain.from_iterable(file.deviations for file in named):
        one.check(targets)
    return Deviations([*([] if NONE in options else map(read, shipped())), *named], lessons)


def shipped() -> list[Path]:
    """Return the files that say what is known of some libraries, one for each."""
    return sorted(SHIPPED.glob("*.toml"))


def read(file: Path) -> Declared:
    """Return what *file* declares.

    Raises:
        BadDeviations: it cannot be read, or says what cannot be meant.
    """
    try:
        document = toml_file.load(file)
    except BadFile as error:
        raise BadDeviations(str(error)) from error
    tables, copies, lessons = (
        document.pop("deviation", []),
        document.pop("copies", {}),
        document.pop("impl", REFERENCE),
    )
    if document or not _is(tables, list, dict):
        found = ", ".join(document) or "another value"
        raise BadDeviations(f"{file}: expected impl and tables [[deviation]] and [copies] only, found {found}")
    if not isinstance(lessons, str) or not lessons:
        raise BadDeviations(f"{file}: impl must be the name of a package of lessons, not {lessons!r}")
    if not isinstance(copies, dict) or not _is(list(copies.values()), list, str):
        raise BadDeviations(f'{file}: [copies] has lines as "mylib._vendor.billiard" = "billiard", found {copies!r}')
    return Declared([_deviation(file, number, table, lessons) for number, table in enumerate(tables, 1)], copies)


def _deviation(file: Path, number: int, table: dict[str, Any], lessons: str) -> Deviation:
    def complain(what: str) -> BadDeviations:
        return BadDeviations(f"{file}, deviation {number}: {what}")

    for key, value in table.items():
        if key not in KEYS:
            raise complain(f"unknown key {key!r}; {_hint(key, KEYS) or 'the keys are ' + ', '.join(KEYS)}")
        if not _is(value, KEYS[key], str):
            kind = {str: "a text", bool: "true or false", list: "a list of texts"}[KEYS[key]]
            raise complain(f"{key} must be {kind}, not {value!r}")
    for key in REQUIRED:
        if not table.get(key) and not (key == "target" and lessons != REFERENCE):
            raise complain(f"{key} is missing")
    for claim in table["claims"]:
        if claim not in ids():
            raise complain(f"no claim has the id {claim!r}; {_hint(claim, ids()) or f'{PROGRAM} claims lists them'}")
    if not table.get("link", "https://").startswith(("https://", "http://")):
        raise complain(f"link must begin with https:// or http://, not {table['link']!r}")
    script = SCRIPTS_FOLDER / table["script"] if "script" in table else None
    if script is not None and not script.is_file():
        raise complain(f"script must be a file in {SCRIPTS_FOLDER}, not {table['script']!r}")
    specifiers = {}
    for key in "versions", "python":
        try:
            specifiers[key] = SpecifierSet(table.get(key, ""))
        except InvalidSpecifier:
            raise complain(f"{key} must be as in PEP 440, such as '>=4.2,<5', not {table[key]!r}") from None
    return Deviation(
        claims=tuple(table["claims"]),
        target=table.get("target", ""),
        reason=" ".join(table["reason"].split()),
        **specifiers,
        implementation=table.get("implementation", ""),
        start_methods=tuple(table.get("start-methods", ())),
        intermittent=table.get("intermittent", False),
        link=table.get("link", ""),
        script=script,
        file=str(file),
        number=number,
        lessons=lessons,
    )


def _is(value: object, kind: type, element: type) -> bool:
    """Return whether *value* is of this *kind*, and if it is a list, each *element* of it too."""
    return isinstance(value, kind) and (not isinstance(value, list) or all(isinstance(one, element) for one in value))


def _hint(wrong: str, right: Iterable[str]) -> str:
    alike = difflib.get_close_matches(wrong, list(right), n=1)
    return f"did you mean {alike[0]}?" if alike else ""
