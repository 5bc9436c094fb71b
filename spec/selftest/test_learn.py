"""The exercises: their solutions pass, their holes and wrong attempts do not, and each mistake gets its message."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Callable

import pytest

import impl
from spec.engine.claims import ids
from spec.engine.verdicts import FAILURES
from spec.learn import cutting, diagnosis, predicting, tracebacks
from spec.learn.exercises import Exercise, exercises, named
from spec.learn.mistakes import RULES_BY_NAME, Mistake
from spec.paths import ROOT
from spec.selftest.runs import Run, verify
from spec.selftest.wrong_attempts import WRONG_ATTEMPTS, WrongAttempt

FORK_TARGET = "multiprocessing:fork"

EXERCISE_NAMES = [one.lesson for one in exercises()]


def judge(path: Path, name: str, sources: Iterable[tuple[str, str]], claims: Iterable[str]) -> Run:
    """Verify *claims* on a package of lessons called *name*, which is written to the folder *path*."""
    folder = path / name
    folder.mkdir()
    for lesson, source in sources:
        (folder / f"{lesson}.py").write_text(source, encoding="utf-8")
    asked = [f"--claim={claim}" for claim in claims]
    return verify("spec/", f"--impl={name}", f"--mp={FORK_TARGET}", *asked, path=path)


def source_of(attempt: WrongAttempt) -> str:
    """Return the file of a learner who makes this attempt."""
    exercise = named(attempt.lesson)
    if attempt.body is None:
        return cutting.with_holes(exercise)
    return cutting.with_holes(replace(exercise, holes=dict.fromkeys(exercise.holes, attempt.body)))


def messages(exercise: Exercise, source: str) -> Sequence[Mistake]:
    """Return what the learner is told of the file."""
    tree = diagnosis.parse(source.encode())
    if isinstance(tree, Mistake):
        return [tree]
    return diagnosis.that_stop_a_run(tree, exercise) or diagnosis.find(tree, exercise)


def begin_with(texts: Sequence[str], begins: Sequence[str]) -> bool:
    """Return whether there is one text for each of the *begins*, in order, and each begins like that."""
    return len(texts) == len(begins) and all(map(str.startswith, texts, begins))


def rounds() -> list[list[WrongAttempt]]:
    """Return lists of attempts, with one attempt at most for each lesson, which contain all attempts."""
    by_lesson = [[one for one in WRONG_ATTEMPTS if one.lesson == name] for name in EXERCISE_NAMES]
    return [[one for one in column if one] for column in zip_longest(*by_lesson)]


def test_exercises_are_in_teaching_order_and_name_claims_and_rules_that_exist() -> None:
    assert sorted(EXERCISE_NAMES, key=impl.place_in_order) == EXERCISE_NAMES
    for one in exercises():
        assert set(one.claims) <= {*ids()}
        assert {claim.partition(".")[0] for claim in one.claims} == {one.lesson}
        assert set(one.mistakes) <= RULES_BY_NAME.keys()
    assert {rule for one in exercises() for rule in one.mistakes} == RULES_BY_NAME.keys()


def test_every_solution_passes(tmp_path: Path) -> None:
    """One claim each is enough, as a solution is cut out of the lesson of `impl`, on which all claims hold."""
    claims = [next(iter(one.claims)) for one in exercises()]
    run = judge(tmp_path, "solved", [(one.lesson, cutting.solution(one)) for one in exercises()], claims)
    verdicts = run.on(FORK_TARGET)
    assert {claim: verdicts[claim] for claim in claims} == dict.fromkeys(claims, "holds")


@pytest.mark.parametrize("number", range(len(rounds())))
def test_every_wrong_attempt_fails_a_claim(tmp_path: Path, number: int) -> None:
    """An exception that it raises is found in the output."""
    attempts = rounds()[number]
    sources = [(one.lesson, source_of(one)) for one in attempts]
    run = judge(tmp_path, "wrong", sources, [one.breaks for one in attempts])
    verdicts = run.on(FORK_TARGET)
    assert [one for one in attempts if verdicts[one.breaks] not in FAILURES] == []
    for one in attempts:
        found = tracebacks.raised(run.output, tmp_path / "wrong" / f"{one.lesson}.py")
        assert begin_with([mistake.text for mistake in found], [one.raised] if one.raised else []), one


def test_the_code_that_an_exercise_begins_with_is_a_wrong_attempt() -> None:
    assert [one.lesson for one in rounds()[0]] == EXERCISE_NAMES
    assert {one.body for one in rounds()[0]} == {None}


@pytest.mark.parametrize("attempt", WRONG_ATTEMPTS, ids=lambda one: f"{one.lesson}-{WRONG_ATTEMPTS.index(one)}")
def test_a_wrong_attempt_gets_its_messages_and_no_other(attempt: WrongAttempt) -> None:
    exercise = named(attempt.lesson)
    found = [one.text for one in messages(exercise, source_of(attempt))]
    assert begin_with(found, attempt.messages)
    assert attempt.breaks in exercise.claims


def test_every_rule_has_an_attempt() -> None:
    def told(attempt: WrongAttempt, rule: str) -> bool:
        tree = ast.parse(source_of(attempt))
        return any(any(RULES_BY_NAME[rule](node)) for node in tree.body if isinstance(node, ast.FunctionDef))

    untold = [
        rule
        for rule in RULES_BY_NAME
        if not any(told(one, rule) for one in WRONG_ATTEMPTS if rule in named(one.lesson).mistakes)
    ]
    assert untold == []


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_a_solution_gets_no_message(name: str) -> None:
    assert messages(named(name), cutting.solution(named(name))) == []


def with_helper(body: str) -> str:
    """Return a file for the exercise `isolation` in which the learner has added a function."""
    solved = cutting.with_holes(replace(named("isolation"), holes={"run_in_child": body}))
    return f"{solved}\n\ndef run(child):\n    child.start()\n    child.join()\n    return child\n"


def test_what_a_function_of_the_learner_may_do_is_not_told_to_be_missing() -> None:
    source = with_helper("return run(mp.Process(target=task))")
    assert messages(named("isolation"), source) == []
    source = with_helper("return mp.Process(target=task)")
    assert len(messages(named("isolation"), source)) == 2  # no start, no join


def test_a_function_that_makes_the_target_may_be_called() -> None:
    source = with_helper("return run(mp.Process(target=made(task)))") + "\n\ndef made(task):\n    return task\n"
    assert messages(named("isolation"), source) == []


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("demo(multiprocessing)\n", ["this runs whenever the file is imported,"]),
        (
            "for _ in range(3):\n    multiprocessing.Process(target=demo).start()\n",
            ["this runs whenever the file is "],
        ),
        ('if __name__ == "__main__":\n    demo(multiprocessing)\n', []),
        ("LIMIT = int('3')\nmp = multiprocessing.get_context('fork')\n", []),
        ("def other(:\n", ["this is not Python: "]),
        ("\0", ["this is not Python: "]),
    ],
)
def test_a_file_that_cannot_be_verified_is_told(added: str, told: Sequence[str]) -> None:
    source = f"{cutting.solution(named('zombie'))}\ndef demo(mp):\n    pass\n\n\nimport multiprocessing\n{added}"
    assert begin_with([one.text for one in messages(named("zombie"), source)], told)


def test_a_message_names_the_line() -> None:
    source = cutting.with_holes(named("lock"))
    [found] = messages(named("lock"), source)
    assert source.splitlines()[found.line - 1] == "    left = query(stock)"


@pytest.mark.parametrize("cut", [cutting.with_holes, cutting.solution])
@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_an_exercise_needs_nothing_but_the_standard_library(name: str, cut: Callable[[Exercise], str]) -> None:
    """All names are defined, nothing is imported from the project, and no annotation is left."""
    text = cut(named(name))
    tree, table = ast.parse(text), symtable.symtable(text, name, "exec")
    tables = [table, *table.get_children()]
    free = {symbol.get_name() for one in tables for symbol in one.get_symbols() if symbol.is_global()}
    assert free - {*table.get_identifiers()} - {*dir(builtins)} == set()
    assert "impl" not in {str(getattr(node, "module", "")).partition(".")[0] for node in tree.body}
    assert not any(getattr(node, "annotation", None) or getattr(node, "returns", None) for node in ast.walk(tree))
    assert all(ast.get_docstring(node) for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_a_solution_is_the_lesson_itself(name: str) -> None:
    """Apart from annotations, the functions of a solution are those of the reference."""
    lesson = ast.parse((ROOT / "impl" / f"{name}.py").read_text(encoding="utf-8"))
    theirs = {node.name: node for node in lesson.body if isinstance(node, ast.FunctionDef)}
    solved = [node for node in ast.parse(cutting.solution(named(name))).body if isinstance(node, ast.FunctionDef)]
    for node in solved:
        for mine, their in zip(node.body, theirs[node.name].body):
            assert ast.unparse(mine) in (ast.unparse(their), ast.unparse(their).replace(": Guard =", " ="))
    assert {node.name for node in solved} >= named(name).holes.keys()


@pytest.mark.parametrize("name", EXERCISE_NAMES)
def test_a_program_prints_what_the_answer_says(name: str) -> None:
    prediction = named(name).prediction
    assert predicting.run(prediction) == prediction.choices[prediction.answer]
    assert len({*map(str, prediction.choices)}) == len(prediction.choices)


@pytest.mark.parametrize(
    ("typed", "chosen", "answer"),
    [("A\n", "a", "is right"), ("z\nab\n b) \n", "b", "something else"), ("\n", "", ""), ("", "", "")],
)
def test_the_answer_is_shown_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, chosen: str, answer: str
) -> None:
    exercise, lines = exercises()[0], iter(typed.splitlines())

    def read(_prompt: str) -> str:
        for line in lines:
            return line
        raise EOFError

    monkeypatch.setattr("builtins.input", read)
    monkeypatch.setattr(predicting, "run", lambda asked: asked.choices[asked.answer])
    assert predicting.ask(exercise) == chosen
    shown = capsys.readouterr().out
    assert "    child = mp.Process" in shown
    right = predicting.in_words(exercise.prediction.choices[exercise.prediction.answer])
    assert right in shown.partition("It prints: ")[2]
    assert exercise.prediction.reason in " ".join(shown.split())
    assert answer in shown
    assert ("Your prediction" in shown or "You predicted" in shown) is bool(chosen)
