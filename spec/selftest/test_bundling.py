"""One file is made of a piece of code and of all that it reaches."""

from __future__ import annotations

from spec.report.bundling.bundle import Bundle
from spec.report.bundling.reach import Rules
from spec.report.bundling.source import Sources

NO_RULES = Rules(
    members={},
    values={},
    examples=lambda _module, _function: [],
    whole=lambda _name: "",
    sections=[("", ("spec.example.",))],
)

FIELD_READ_LATE = '''
from dataclasses import dataclass


@dataclass
class Event:
    """What a witness has seen."""

    kind: str


class Witness:
    """Makes an event, and reads it in another method."""

    def see(self):
        """Return the kind of what is seen."""
        return self.kind_of(
            Event(
                kind="seen",
            )
        )

    def kind_of(self, event):
        """Return the kind of an event."""
        return event.kind


told = Witness().see()
'''


def test_method_gives_a_field_that_only_another_method_reads() -> None:
    """The method that makes the object is read before it is known that the other one is needed."""
    sources = Sources({}, {"spec.example": FIELD_READ_LATE})
    file: dict[str, object] = {}
    exec(Bundle(sources.module("spec.example"), sources, NO_RULES).text(), file)
    assert file["told"] == "seen"
