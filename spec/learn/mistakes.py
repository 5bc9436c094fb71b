"""Usual mistakes of learners, found in the syntax tree of their file.

A rule yields a message only where the code shows the mistake, so that no message sends a learner astray.  Some rules
are right for every exercise.  An exercise names the others that are right for its holes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Callable, NamedTuple, Optional, Union

from spec.learn import cutting
from spec.learn.exercises import Exercise

Rule = Callable[[ast.FunctionDef], Iterator["Mistake"]]

METHODS = frozenset({"start", "join", "terminate", "kill", "acquire", "release", "task_done"})
"""Methods whose result nobody needs, so that a learner who leaves out the parentheses gets no error."""

STARTERS = frozenset({"Process", "start", "run", "Manager", "Pool", "Queue"})
"""Methods that start something, which must not happen when a file is imported."""


class Mistake(NamedTuple):
    """A mistake in a learner's file.

    Attributes:
        line: where it is.
        text: what is wrong and what would be right, in a sentence or two.
    """

    line: int
    text: str


def parse(source: bytes) -> Union[ast.Module, Mistake]:
    """Return the syntax tree of a file, or why it is not Python."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        return Mistake(error.lineno or 1, f"this is not Python: {error.msg}.")
    except ValueError as error:
        return Mistake(1, f"this is not Python: {error}.")


def that_stop_a_run(tree: ast.Module, exercise: Exercise) -> list[Mistake]:
    """Return the mistakes with which it makes no sense to verify the file."""
    unwritten = [
        Mistake(node.lineno, f"{function.name}() is not written yet. Replace this line with your code.")
        for function in _holes(tree, exercise)
        for node in ast.walk(function)
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)
    ]
    return [*unwritten, *_unguarded(tree)]


def find(tree: ast.Module, exercise: Exercise) -> list[Mistake]:
    """Return the mistakes that may be why a claim does not hold, by line.

    The rules of the exercise look at one function.  They are not applied to a function that calls others which the
    learner has added, because a start or a join may be there.
    """
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = [mistake for function in functions.values() for rule in GENERAL for mistake in rule(function)]
    found += [mistake for function in functions.values() for mistake in _target_is_called(function, functions)]
    added = functions.keys() - _defined(cutting.with_holes(exercise))
    for function in _holes(tree, exercise):
        if not any(_calls(function, name) for name in added):
            found += [mistake for name in exercise.mistakes for mistake in RULES_BY_NAME[name](function)]
    return sorted(set(found))


def _defined(source: str) -> set[str]:
    """Return the names of the functions of a file."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def _holes(tree: ast.Module, exercise: Exercise) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in exercise.holes]


def _unguarded(tree: ast.Module) -> Iterator[Mistake]:
    """Yield code that starts something when the file is imported: the guard of ``__main__`` is missing."""
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for statement in tree.body:
        defines = isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
        guarded = isinstance(statement, ast.If) and "__name__" in _names(statement.test)
        if defines or guarded:
            continue
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        if any(_called(call) in (STARTERS if isinstance(call.func, ast.Attribute) else own) for call in calls):
            yield Mistake(
                statement.lineno,
                "this runs whenever the file is imported, also in children under spawn and forkserver. Put it under"
                ' if __name__ == "__main__":',
            )


def _target_is_called(function: ast.FunctionDef, functions: Mapping[str, ast.FunctionDef]) -> Iterator[Mistake]:
    procedures = {name for name, one in functions.items() if not _returns(one)}
    for value, call in _keywords(function, "target"):
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
            and value.func.id in {"task", *procedures}
        ):
            name, passed = value.func.id, ", ".join(map(ast.unparse, value.args))
            arguments = f", args=({passed}{',' if len(value.args) == 1 else ''})" if passed else ""
            yield Mistake(
                call.lineno,
                f"target={name}(...) calls {name} here, in the parent, and the child gets only the result. Pass the"
                f" function without parentheses: target={name}{arguments}.",
            )


def _arguments_are_no_tuple(function: ast.FunctionDef) -> Iterator[Mistake]:
    made = _assigned_from(function, "mp")
    for value, call in _keywords(function, "args"):
        if isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id in made):
            text = ast.unparse(value)
            yield Mistake(
                call.lineno, f"args must be a tuple, and ({text}) is none. The comma makes it one: args=({text},)."
            )


def _not_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    for node in ast.walk(function):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute) and node.value.attr in METHODS:
            text = ast.unparse(node.value)
            yield Mistake(node.lineno, f"{text} without parentheses calls nothing. Write {text}().")


def _run_is_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    for call in _calls(function, "run"):
        text = ast.unparse(call.func)
        if not call.args and isinstance(call.func, ast.Attribute):
            start = f"{ast.unparse(call.func.value)}.start()"
            yield Mistake(
                call.lineno, f"{text}() runs the task here, in the parent. {start} starts a child that runs it."
            )


def _task_is_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    targets = {id(value) for value, _ in _keywords(function, "target")}
    deferred = {id(inner) for node in ast.walk(function) if isinstance(node, ast.Lambda) for inner in ast.walk(node)}
    for call in _calls(function, "task"):
        if isinstance(call.func, ast.Name) and id(call) not in targets | deferred:
            yield Mistake(call.lineno, "task() calls the task here, in the parent. Pass it to a child: target=task.")


def _no_start(function: ast.FunctionDef) -> Iterator[Mistake]:
    made = _calls(function, "Process")
    if made and not _mentions(function, "start") and not _calls(function, "run"):
        yield Mistake(made[0].lineno, "the process is made, and never started. Call its start().")


def _no_join(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _mentions(function, "join"):
        yield Mistake(
            function.lineno, f"{function.name}() joins no child, so it does not wait until the child has ended."
        )


def _join_in_loop(function: ast.FunctionDef) -> Iterator[Mistake]:
    for loop in ast.walk(function):
        if isinstance(loop, (ast.For, ast.While)) and _calls(loop, "start") and _calls(loop, "join"):
            line = _calls(loop, "join")[0].lineno
            yield Mistake(
                line,
                "join() is inside the loop that starts the children, so each child must end before the next one"
                " starts. Join them in a loop of its own, after this one.",
            )


def _no_return(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _returns(function):
        yield Mistake(function.lineno, f"{function.name}() returns nothing. Its docstring says what it returns.")


def _endless_join(function: ast.FunctionDef) -> Iterator[Mistake]:
    joins, kills = _calls(function, "join"), _calls(function, "kill")
    if joins and not joins[0].args and not joins[0].keywords and (not kills or joins[0].lineno < kills[0].lineno):
        yield Mistake(
            joins[0].lineno,
            "join() waits here without a limit, also for a child that ignores the request. Give it the patience:"
            " join(patience).",
        )


def _no_join_after_kill(function: ast.FunctionDef) -> Iterator[Mistake]:
    for kill in _calls(function, "kill"):
        if not any(join.lineno > kill.lineno for join in _calls(function, "join")):
            yield Mistake(kill.lineno, "kill() does not wait until the child has ended. Join it after this line.")


def _no_terminate(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _mentions(function, "terminate"):
        yield Mistake(
            function.lineno, f"{function.name}() never asks the process to end. Call terminate(process) first."
        )


def _no_kill(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _mentions(function, "kill"):
        yield Mistake(function.lineno, f"{function.name}() never kills a child that ignores the request.")


def _normal_end(function: ast.FunctionDef) -> Iterator[Mistake]:
    for join in _calls(function, "join"):
        yield Mistake(join.lineno, "the program waits here until its child has ended, so it does not leave first.")
    if not {"_exit", "kill", "join"} & _names(function):
        yield Mistake(
            function.body[-1].lineno,
            "the program ends normally after this line, and then multiprocessing waits for the child. os._exit(0)"
            " leaves at once.",
        )


def _lock_too_late(function: ast.FunctionDef) -> Iterator[Mistake]:
    locked = _lines_under(function, "lock")
    reads = [call.lineno for call in _calls(function, "query")]
    if locked and reads and not set(reads) & locked and min(reads) < min(locked):
        yield Mistake(
            min(reads),
            "the count is read here, before the lock is taken. Another buyer can read the same count. Take the lock"
            " first.",
        )


def _lock_too_short(function: ast.FunctionDef) -> Iterator[Mistake]:
    locked = _lines_under(function, "lock")
    late = [call.lineno for call in _calls(function, "restock") if call.lineno not in locked]
    if locked and late:
        yield Mistake(late[0], "the count is written here, after the lock was released. Keep the lock until then.")


def _no_lock(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not any(_mentions(statement, "lock") for statement in function.body):
        yield Mistake(function.lineno, f"{function.name}() does not take the lock.")


def _flag_after_start(function: ast.FunctionDef) -> Iterator[Mistake]:
    starts = [call.lineno for call in _calls(function, "start")]
    for line in _lines_that_set(function, "daemon"):
        if starts and line > starts[0]:
            yield Mistake(line, "the child has been started already. Set daemon before start().")


def _no_flag(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _lines_that_set(function, "daemon") and not any(_keywords(function, "daemon")):
        yield Mistake(function.lineno, "the child is not declared a daemon. Set its daemon to True before start().")


def _no_manager(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _mentions(function, "Manager"):
        yield Mistake(
            function.lineno,
            "there is no manager, so each child gets a copy of the counter, and changes only that copy.",
        )


def _manager_has_ended(function: ast.FunctionDef) -> Iterator[Mistake]:
    for block in ast.walk(function):
        if isinstance(block, ast.With) and _calls(block.items[0], "Manager"):
            managed = _assigned_from(block, ast.unparse(block.items[0].optional_vars or block))
            returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
            for node in returns:
                if node.lineno > (block.end_lineno or 0) and _names(node) & managed:
                    yield Mistake(
                        node.lineno, "the manager has ended before this line. Read the result inside the block."
                    )


def _lock_for_each(function: ast.FunctionDef) -> Iterator[Mistake]:
    repeated = (ast.For, ast.ListComp, ast.GeneratorExp)
    for loop in ast.walk(function):
        for call in _calls(loop, "Lock") if isinstance(loop, repeated) else ():
            yield Mistake(
                call.lineno, "this makes a lock for each child, so no child waits for another. Make one for all."
            )


def _join_before_get(function: ast.FunctionDef) -> Iterator[Mistake]:
    joins, gets = _calls(function, "join"), _calls(function, "get")
    if joins and gets and joins[0].lineno < gets[0].lineno and not joins[0].args:
        yield Mistake(
            joins[0].lineno,
            "the parent waits here for the child, and the child waits until somebody gets its message. Get it first.",
        )


def _report_too_early(function: ast.FunctionDef) -> Iterator[Mistake]:
    reports, meals = _calls(function, "task_done"), _calls(function, "eat")
    if reports and meals and reports[0].lineno < meals[0].lineno:
        yield Mistake(reports[0].lineno, "this reports the item before it was eaten. Report it after eat(item).")


def _no_report(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not _mentions(function, "task_done"):
        yield Mistake(
            function.lineno, f"{function.name}() never calls task_done(), so the producer waits without end."
        )


def _place_too_short(function: ast.FunctionDef) -> Iterator[Mistake]:
    inside = _lines_under(function, "places")
    outside = [
        call.lineno for name in ("stay", "tell") for call in _calls(function, name) if call.lineno not in inside
    ]
    if inside and outside and min(outside) > max(inside):
        yield Mistake(min(outside), "the car has given its place back before this line, and is still inside.")


def _no_place(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not any(_mentions(statement, "places") for statement in function.body):
        yield Mistake(function.lineno, f"{function.name}() does not take a place.")


GENERAL: Sequence[Rule] = (_arguments_are_no_tuple, _not_called, _run_is_called)
"""The rules that are right for every exercise, besides that for a target that is called."""

RULES_BY_NAME: dict[str, Rule] = {
    "endless-join": _endless_join,
    "flag-after-start": _flag_after_start,
    "join-before-get": _join_before_get,
    "join-in-loop": _join_in_loop,
    "lock-for-each": _lock_for_each,
    "lock-too-late": _lock_too_late,
    "lock-too-short": _lock_too_short,
    "manager-has-ended": _manager_has_ended,
    "no-flag": _no_flag,
    "no-join": _no_join,
    "no-join-after-kill": _no_join_after_kill,
    "no-kill": _no_kill,
    "no-lock": _no_lock,
    "no-manager": _no_manager,
    "no-place": _no_place,
    "no-report": _no_report,
    "no-return": _no_return,
    "no-start": _no_start,
    "no-terminate": _no_terminate,
    "normal-end": _normal_end,
    "place-too-short": _place_too_short,
    "report-too-early": _report_too_early,
    "task-called": _task_is_called,
}
"""The rules that an exercise names if they are right for its holes."""


def _called(call: ast.Call) -> Optional[str]:
    """Return the name of the function or method that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)


def _calls(node: ast.AST, name: str) -> list[ast.Call]:
    """Return the calls of a function or method with this *name*, by line."""
    found = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and _called(inner) == name]
    return sorted(found, key=lambda call: call.lineno)


def _mentions(node: ast.AST, name: str) -> bool:
    """Return whether a function or method with this *name* is used in any way."""
    return name in _names(node)


def _names(node: ast.AST) -> set[str]:
    """Return the names of variables and attributes in the code."""
    attributes = {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
    return attributes | {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _keywords(node: ast.AST, name: str) -> Iterator[tuple[ast.expr, ast.Call]]:
    """Yield each argument that is passed under this *name*, with the call."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            yield from ((keyword.value, call) for keyword in call.keywords if keyword.arg == name)


def _returns(function: ast.FunctionDef) -> bool:
    """Return whether the function returns a value."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))


def _assigned_from(node: ast.AST, maker: str) -> set[str]:
    """Return the variables to which the result of a method of *maker* is assigned."""
    return {
        target.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Assign) and isinstance(inner.value, ast.Call)
        if ast.unparse(inner.value.func).startswith(f"{maker}.")
        for target in inner.targets
        if isinstance(target, ast.Name)
    }


def _lines_that_set(function: ast.FunctionDef, attribute: str) -> list[int]:
    """Return the lines in which an attribute with this name is assigned."""
    targets = (target for node in ast.walk(function) if isinstance(node, ast.Assign) for target in node.targets)
    return [target.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == attribute]


def _lines_under(function: ast.FunctionDef, guard: str) -> set[int]:
    """Return the lines in the body of a ``with`` statement on the variable *guard*."""
    return {
        line
        for node in ast.walk(function)
        if isinstance(node, ast.With) and any(guard in _names(item.context_expr) for item in node.items)
        for statement in node.body
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    }
