"""The learner's folder: the lessons that the learner writes, and a small file that says how far the learner is."""

from __future__ import annotations

import importlib.util
import json
import keyword
import os
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Any, Optional

from spec.learn import cutting
from spec.learn.exercises import Exercise, exercises
from spec.tools.command_line import UsageError

PROGRESS_FILE = "progress.json"
"""The name of the file in the learner's folder."""


@dataclass
class Progress:
    """What a learner has done.

    Args:
        folder: the learner's folder, which need not exist yet.

    Attributes:
        folder: the same.
        done: the names of the exercises whose claims have all held.
        predicted: what the learner has predicted, by exercise.
        notice: a line for the learner, if the file that says it was missing; otherwise empty.
    """

    folder: Path
    done: list[str] = field(default_factory=list)
    predicted: dict[str, str] = field(default_factory=dict)
    notice: str = ""

    @property
    def current(self) -> Optional[Exercise]:
        """The first exercise that is not done, or None if all are done."""
        return next((one for one in exercises() if one.lesson not in self.done), None)

    def file(self, exercise: Exercise) -> Path:
        """Return the learner's file for an exercise."""
        return self.folder / f"{exercise.lesson}.py"

    def finish(self, exercise: Exercise) -> None:
        """Note that an exercise is done."""
        if exercise.lesson not in self.done:
            self.done.append(exercise.lesson)
        self.save()

    def save(self) -> None:
        """Write the file, in one step.

        Raises:
            UsageError: it cannot be written.
        """
        path = self.folder / PROGRESS_FILE
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        text = json.dumps({"done": self.done, "predicted": self.predicted}, indent=1) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise UsageError(_cannot_be_written(path, error)) from None

    def write(self, exercise: Exercise) -> bool:
        """Write the learner's file for an exercise, and return whether that was done: what is there stays as it is.

        Raises:
            UsageError: it cannot be written.
        """
        path = self.file(exercise)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(cutting.with_holes(exercise))
        except FileExistsError:
            if not path.is_file():
                raise UsageError(
                    _("{path} cannot be written: something else has this name").format(path=path)
                ) from None
            return False
        except OSError as error:
            raise UsageError(_cannot_be_written(path, error)) from None
        return True


def _cannot_be_written(path: Path, error: OSError) -> str:
    return _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)


def load(folder: Path) -> Progress:
    """Return how far the learner is whose lessons are in this *folder*.

    Raises:
        UsageError: the folder cannot be a package of lessons, or its file is damaged.
    """
    _check_name(folder)
    path = folder / PROGRESS_FILE
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        done, predicted = content["done"], content["predicted"]
    except FileNotFoundError:
        begun = any((folder / f"{one.lesson}.py").exists() for one in exercises())
        lost = _("{path} is missing, so this begins with the first exercise; what you have written is still there")
        return Progress(folder, notice=lost.format(path=path) if begun else "")
    except OSError as error:
        raise UsageError(_("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)) from None
    except (ValueError, LookupError, TypeError, RecursionError):
        done = predicted = None
    names = [one.lesson for one in exercises()]
    if not isinstance(done, list) or not isinstance(predicted, dict) or not all(one in names for one in done):
        raise UsageError(
            _("{path} is damaged; remove it to begin with the first exercise, your lessons stay as they are").format(
                path=path
            )
        )
    return Progress(folder, done, predicted)


def _check_name(folder: Path) -> None:
    """Check that the lessons in *folder* can be imported.

    Raises:
        UsageError: they cannot; the message says why.
    """
    name = folder.absolute().name
    if not name.isidentifier() or keyword.iskeyword(name):
        refusal = _("--folder: {name!r} cannot be the name of a package; use letters, digits and underscores")
        raise UsageError(refusal.format(name=name))
    if folder.exists() and not folder.is_dir():
        raise UsageError(_("--folder: {folder} is not a folder").format(folder=folder))
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:  # a module without a spec, such as __main__
        spec = None
        places = [""]
    else:
        places = [] if spec is None else [*(spec.submodule_search_locations or [spec.origin or ""])]
    if any(not place or Path(place).resolve() != folder.resolve() for place in places):
        refusal = _("--folder: Python has another module {name!r}; choose another name, such as mylessons")
        raise UsageError(refusal.format(name=name))
