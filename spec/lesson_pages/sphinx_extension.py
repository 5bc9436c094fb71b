"""The Sphinx extension of the documentation: a directive that shows all that the project knows of a lesson.

A page ``docs/lessons/lock.md`` has text by hand, and at its end the directive ``lesson`` with the argument ``lock``.
The directive adds the sections after the text: what the demo did under each start method, the code, the claims with
their verdicts, and the exercise if there is one.  Their headings and fixed words are translated by the catalogue
``lesson_pages`` in the folder ``docs/locale``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.util.i18n import CatalogInfo

import impl
from spec.engine.marks import Source
from spec.engine.verdicts import (
    CRASHED,
    FIXED,
    HOLDS,
    HUNG,
    KNOWN,
    NOT_APPLICABLE,
    NOT_PROVIDED,
    VIOLATED,
)
from spec.learn import languages
from spec.learn.exercises import EXERCISES_FILE, Exercise, exercises
from spec.lesson_pages import claims_of_lessons, demonstrations, timeline_texts
from spec.lesson_pages.claims_of_lessons import ClaimRow, ShownVerdict
from spec.lesson_pages.demonstrations import BadRecord, Demonstration, DemonstrationFailed
from spec.lesson_pages.repository_links import RepositoryLinks, address
from spec.paths import ROOT
from spec.report import html, verdict_file
from spec.report.verdict_file import BadVerdictFile, KnownCause

MESSAGES = "lesson_pages"
"""The name of the catalogue of messages."""

VERDICTS_FILE = ROOT / "docs" / "verdicts.json"
"""The verdicts that the pages show; ``python -m spec report`` writes it."""

EXTENSION_VERSION = "1"
"""Grows when what the pages are made of changes, so that all pages are made anew."""

TIMELINE_STYLES = "timelines.css"
"""The name of the file that `add_styles` writes."""

_ = get_translation(MESSAGES)

in_exercise = get_translation(languages.DOMAIN)
"""Return a text of an exercise in the language of the pages."""


def verdict_words() -> Mapping[str, str]:
    """Return what each verdict is called, in the language of the pages."""
    return {
        HOLDS: _("holds"),
        VIOLATED: _("VIOLATED"),
        HUNG: _("HUNG"),
        CRASHED: _("CRASHED"),
        NOT_PROVIDED: _("not provided"),
        NOT_APPLICABLE: _("not applicable"),
        KNOWN: _("known deviation"),
        FIXED: _("FIXED"),
    }


def kind_words() -> Mapping[str, str]:
    """Return what each kind of source is called, in the language of the pages."""
    return {
        "documented": _("documented"),
        "contract": _("contract"),
        "reported": _("reported"),
        "observed": _("observed"),
    }


class LessonDirective(SphinxDirective):
    """Show what a lesson's demo did, its code, its claims and its exercise; the argument is the lesson's name."""

    required_arguments = 1
    demonstrations: ClassVar[Sequence[Demonstration]] = ()
    """What the demos have shown; `prepare` sets it."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        lesson = self.arguments[0]
        if lesson not in impl.TEACHING_ORDER:
            raise self.error(f"there is no lesson {lesson!r}; the lessons are {', '.join(impl.TEACHING_ORDER)}")
        if self.env.app.builder.name == "gettext":
            return []  # the catalogue of messages has the fixed words
        for file in (ROOT / "impl" / f"{lesson}.py", VERDICTS_FILE, EXERCISES_FILE):
            self.env.note_dependency(str(file))
        exercise = [one for one in exercises() if one.lesson == lesson]
        return [
            self._timelines(lesson),
            self._code(lesson),
            *map(self._exercise, exercise),
            self._claims(lesson),
        ]

    def _section(self, name: str, title: str, *content: nodes.Node) -> nodes.section:
        """Return a section whose address ends with ``#name``, in every language."""
        section = nodes.section("", nodes.title("", title, translatable=False), *content, ids=[name], names=[name])
        self.state.document.note_implicit_target(section)
        return section

    def _timelines(self, lesson: str) -> nodes.section:
        shown = [one for one in self.demonstrations if one.lesson == lesson]
        stripes = html.templates().get_template("stripes.svg").render()
        content: list[nodes.Node] = [
            _raw(f'<svg class="timeline timeline-patterns" width="0" height="0" aria-hidden="true">{stripes}</svg>')
        ]
        if shown:
            content.append(_paragraph(_("The demo says: {look_for}").format(look_for=_(shown[0].look_for))))
        return self._section(
            "timelines",
            _("What happens"),
            *content,
            *(self._timeline(method, shown) for method in self.config.lesson_pages_methods),
            _paragraph(
                *_linked(
                    _("{Timelines} says what the bars mean, and how far a timeline can be trusted."),
                    Timelines=_to_page("/timelines", _("Timelines")),
                )
            ),
        )

    def _timeline(self, method: str, shown: Iterable[Demonstration]) -> nodes.section:
        title = _("Under {method}").format(method=method)
        for one in shown:
            if one.method == method:
                return self._section(f"under-{method}", title, *_demonstration(one))
        missing = _("This page was made on a machine without the start method {method}.").format(method=method)
        return self._section(f"under-{method}", title, _paragraph(missing))

    def _code(self, lesson: str) -> nodes.section:
        file = f"impl/{lesson}.py"
        code = (ROOT / file).read_text(encoding="utf-8")
        return self._section(
            "code",
            _("The code"),
            _paragraph(
                *_linked(
                    _("This is {file}. The signatures and docstrings are the contract of the lesson."),
                    file=_to_repository(self.config, file),
                )
            ),
            nodes.literal_block(code, code, language="python", translatable=False),
        )

    def _claims(self, lesson: str) -> nodes.section:
        try:
            verdicts = verdict_file.read(VERDICTS_FILE)
        except BadVerdictFile as error:
            raise ExtensionError(str(error)) from None
        command = f"pytest spec/ --claim {lesson}"
        causes = claims_of_lessons.causes(lesson, verdicts)
        places = {
            (claim, cause.library): f"cause-{number}"
            for number, cause in enumerate(causes, 1)
            for claim in cause.claims
        }
        names = [library.name for library in verdicts.libraries]
        rows = [
            [
                self._about(row),
                *(_cell(cell, places.get((row.claim.id, name), "")) for name, cell in zip(names, row.cells)),
            ]
            for row in claims_of_lessons.rows(lesson, verdicts)
        ]
        return self._section(
            "claims",
            _("What is claimed"),
            _paragraph(
                *_linked(
                    _("The verdict on each claim about this lesson, by library. {command} verifies them again."),
                    command=nodes.literal("", command),
                )
            ),
            _table([_("claim"), *names], rows),
            *([self._causes(causes)] if causes else []),
        )

    def _causes(self, causes: Sequence[KnownCause]) -> nodes.section:
        found = _to_page("/findings", _("What was found"))
        return self._section(
            "causes",
            _("Why some claims do not hold"),
            nodes.bullet_list("", *(_cause(cause, number) for number, cause in enumerate(causes, 1))),
            _paragraph(*_linked(_("{found} has the causes for all lessons."), found=found)),
        )

    def _about(self, row: ClaimRow) -> list[nodes.Node]:
        claim = row.claim
        sources = [nodes.Text(", "), *_separated(map(self._source, claim.sources))] if claim.sources else []
        about = nodes.paragraph("", "", _to_repository(self.config, row.code, claim.id), *sources, classes=["about"])
        return [_paragraph(*_with_code(claim.wording)), about]

    def _source(self, source: Source) -> nodes.Node:
        kind = kind_words()[source.kind]
        if source.where.startswith("https://"):
            return nodes.reference("", kind, refuri=source.where, internal=False)
        return nodes.inline("", "", nodes.Text(f"{kind} "), nodes.literal("", source.where))

    def _exercise(self, exercise: Exercise) -> nodes.section:
        return self._section(
            "exercise",
            _("Exercise: {title}").format(title=in_exercise(exercise.title)),
            _paragraph(*_with_code(in_exercise(exercise.task))),
            _folded(_("Hint"), f"<p>{html.prose(in_exercise(exercise.hint))}</p>"),
            nodes.literal_block("", f"python -m spec learn watch {exercise.lesson}", language="sh"),
            _paragraph(
                *_linked(
                    _("The command writes your file, and checks it whenever you save it: {learning}."),
                    learning=_to_page("/learning", _("Learning by exercises")),
                )
            ),
        )


def _demonstration(shown: Demonstration) -> list[nodes.Node]:
    """Return what a demo has shown: its command, its result, its timeline, the same in words, and what it printed."""
    label = _("Timeline of {lesson} under {method}; it is told in words below").format(
        lesson=shown.lesson, method=shown.method
    )
    picture = timeline_texts.inline(shown.picture, label)
    lanes = "".join(
        f"<li><strong>{escape(lane.process)}</strong>: {escape(', '.join(lane.states))}; {escape(lane.end)}</li>"
        for lane in timeline_texts.lanes(shown.picture)
    )
    region = _("the timeline of {lesson} under {method}").format(lesson=shown.lesson, method=shown.method)
    return [
        nodes.literal_block("", shown.command, language="sh"),
        *(nodes.paragraph("", "", nodes.strong("", _("Result:")), nodes.Text(f" {one}")) for one in shown.results),
        _raw(f'<div class="scrolls" tabindex="0" role="region" aria-label="{escape(region)}">{picture}</div>'),
        _folded(_("The timeline in words"), f"<ul>{lanes}</ul>"),
        _folded(_("What was printed"), f"<pre>{escape(os.linesep.join(shown.printed))}</pre>"),
    ]


def _cell(found: Sequence[ShownVerdict], place: str) -> list[nodes.Node]:
    """Return the content of a cell: each verdict, with a link to its cause if the claim does not hold.

    Args:
        found: the verdicts.
        place: where the cause stands in this page, if it is known.
    """
    if not found:
        return [_paragraph(_("not yet verified"))]
    lines = []
    for one in found:
        said: nodes.Node = nodes.Text(verdict_words()[one.verdict])
        if one.verdict == KNOWN and place:
            said = nodes.reference("", "", said, refid=place, internal=True)
        elif one.needs_cause:
            said = _to_page("/findings", said.astext())
        where = f": {', '.join(one.contexts)}" if one.contexts else ""
        lines.append(nodes.paragraph("", "", said, nodes.Text(where), classes=[one.verdict.replace(" ", "-")]))
    return [*lines]


def _cause(cause: KnownCause, number: int) -> nodes.list_item:
    """Return a cause as an item of a list, to which cells lead."""
    more = [nodes.Text(" "), nodes.reference("", _("more"), refuri=cause.link, internal=False)] if cause.link else []
    claims = _separated(nodes.literal("", claim) for claim in cause.claims)
    about = nodes.paragraph("", "", *claims, classes=["about"])
    library = nodes.strong("", cause.library)
    return nodes.list_item(
        "", _paragraph(library, ": ", *_with_code(cause.reason), *more), about, ids=[f"cause-{number}"]
    )


def _with_code(words: str) -> list[nodes.Node]:
    """Return *words*, with the parts between backticks as code."""
    parts = re.split(r"`([^`]+)`", words)
    return [nodes.literal("", part) if number % 2 else nodes.Text(part) for number, part in enumerate(parts)]


def _table(heads: Sequence[str], rows: Sequence[Sequence[Sequence[nodes.Node]]]) -> nodes.table:
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec("", colwidth=1) for _head in heads]
    group += nodes.thead("", nodes.row("", *(nodes.entry("", nodes.paragraph("", head)) for head in heads)))
    group += nodes.tbody("", *(nodes.row("", *(nodes.entry("", *cell) for cell in row)) for row in rows))
    return nodes.table("", group, classes=["claims"])


def _paragraph(*content: Any) -> nodes.paragraph:
    """Return a paragraph of texts and nodes."""
    return nodes.paragraph("", "", *(nodes.Text(one) if isinstance(one, str) else one for one in content))


def _raw(code: str) -> nodes.raw:
    return nodes.raw("", code, format="html")


def _folded(summary: str, code: str) -> nodes.raw:
    """Return HTML that is shown when a reader opens it."""
    return _raw(f"<details><summary>{escape(summary)}</summary>{code}</details>")


def _separated(parts: Iterable[nodes.Node]) -> list[nodes.Node]:
    """Return *parts* with commas between them."""
    [first, *others] = parts
    return [first, *(one for part in others for one in (nodes.Text(", "), part))]


def _linked(words: str, **links: nodes.Node) -> list[nodes.Node]:
    """Return *words*, a translated text, with a node in place of each name in braces."""
    [(name, node)] = links.items()
    before, _name, after = words.partition(f"{{{name}}}")
    return [nodes.Text(before), node, nodes.Text(after)]


def _to_page(page: str, words: str) -> nodes.Node:
    return addnodes.pending_xref(
        "", nodes.inline("", words), refdomain="std", reftype="doc", reftarget=page, refexplicit=True, refwarn=True
    )


def _to_repository(config: Config, path: str, words: str = "") -> nodes.Node:
    return nodes.reference("", "", nodes.literal("", words or path), refuri=address(config, path), internal=False)


def prepare(app: Sphinx) -> None:
    """Run the demos, or read those that have run already, if the builder shows them.

    Raises:
        ExtensionError: a demo has failed, or the file cannot be read.
    """
    found: list[Demonstration] = []
    try:
        if app.builder.name != "gettext":
            file = app.config.lesson_pages_demonstrations
            methods = [one for one in app.config.lesson_pages_methods if one in demonstrations.available_methods()]
            found = demonstrations.read(Path(app.confdir, file)) if file else demonstrations.run_all(methods)
            claims_of_lessons.by_lesson()  # before processes are forked that read pages, which all need it
    except (DemonstrationFailed, BadRecord) as error:
        raise ExtensionError(str(error)) from None
    LessonDirective.demonstrations = found


def add_styles(app: Sphinx) -> None:
    """Add the styles of timelines, as reports have them, to the static files of the pages."""
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        styles = html.templates().get_template("timeline.css").render()
        (folder / TIMELINE_STYLES).write_text(f"{styles}\n", encoding="utf-8")
        app.add_css_file(TIMELINE_STYLES, priority=400)  # before those of docs/_static


def add_messages(app: Sphinx, config: Config) -> None:
    """Let the fixed words of the pages be translated, if there is a catalogue for the language."""
    for folder in config.locale_dirs:
        messages = Path(app.confdir, folder, config.language, "LC_MESSAGES")
        catalogue = CatalogInfo(str(messages), MESSAGES, "utf-8")
        if Path(catalogue.po_path).exists() and catalogue.is_outdated():
            catalogue.write_mo(config.language)
        app.add_message_catalog(MESSAGES, str(Path(app.confdir, folder)))  # without one, words are no texts
    app.add_message_catalog(languages.DOMAIN, str(languages.LOCALE_FOLDER))


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive, its configuration and the links into the repository."""
    app.add_config_value("lesson_pages_methods", list(demonstrations.START_METHODS), "env", list)
    app.add_config_value("lesson_pages_demonstrations", "", "", str)
    app.add_config_value("lesson_pages_repository", "", "env", str)
    app.add_directive("lesson", LessonDirective)
    app.add_transform(RepositoryLinks)
    app.connect("config-inited", add_messages)
    app.connect("builder-inited", prepare)
    app.connect("builder-inited", add_styles)
    return {"version": EXTENSION_VERSION, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
