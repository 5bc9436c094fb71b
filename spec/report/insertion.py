"""Put a generated table into a document that has other text as well."""

from __future__ import annotations

from pathlib import Path

from spec.report.writers import CannotWrite


def marks(name: str) -> tuple[str, str]:
    """Return the lines around the table called *name*."""
    return f"<!-- {name} -->", f"<!-- end of {name} -->"


def insert(name: str, table: str, file: Path) -> None:
    """Write the *table* to *file*.  If the file exists, only the text between the marks of *name* is replaced.

    Raises:
        CannotWrite: the file exists and lacks the marks, or it cannot be written.
    """
    begin, end = marks(name)
    try:
        old = file.read_text(encoding="utf-8") if file.exists() else f"{begin}\n{end}\n"
        before, found_begin, rest = old.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            raise CannotWrite(f"{file} lacks the lines {begin} and {end}, between which the table belongs")
        file.write_text(f"{before}{begin}\n{table}{end}{after}", encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{file} cannot be written: {error.strerror}") from error
