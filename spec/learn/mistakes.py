"""Rules for the usual mistakes of learners.  Each looks at the syntax tree of one function.

A rule yields a message only where the code shows the mistake, so that no message sends a learner astray.  Some rules
are right for every exercise.  An exercise names the others that are right for its holes.  `spec.learn.diagnosis`
applies them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from gettext import gettext as _
from typing import Callable, NamedTuple

from spec.learn import syntax_tree
from spec.learn.languages import N_


class Mistake(NamedTuple):
    """A mistake in a learner's file.

    Attributes:
        line: where it is.
        text: what is wrong and what would be right, in a sentence or two.
    """

    line: int
    text: str


MistakeRule = Callable[[ast.FunctionDef], Iterator[Mistake]]

METHODS = frozenset({"start", "join", "terminate", "kill", "acquire", "release", "task_done"})
"""Methods whose result nobody needs, so that a learner who leaves out the parentheses gets no error."""

NO_TUPLE = N_("args must be a tuple, and ({value}) is none. The comma makes it one: args=({value},).")


def _lacks(name: str, text: str) -> MistakeRule:
    """Return the rule that a function uses *name*; if not, *text* is told, with ``{function}`` for the function."""

    def rule(function: ast.FunctionDef) -> Iterator[Mistake]:
        if not syntax_tree.mentions(function, name):
            yield Mistake(function.lineno, _(text).format(function=function.name))

    return rule


def _arguments_are_no_tuple(function: ast.FunctionDef) -> Iterator[Mistake]:
    made = syntax_tree.assigned_from(function, "mp")
    for value, call in syntax_tree.keywords(function, "args"):
        if isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id in made):
            yield Mistake(call.lineno, _(NO_TUPLE).format(value=ast.unparse(value)))


def _not_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    for node in ast.walk(function):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute) and node.value.attr in METHODS:
            text = _("{method} without parentheses calls nothing. Write {method}().")
            yield Mistake(node.lineno, text.format(method=ast.unparse(node.value)))


def _run_is_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    for call in syntax_tree.calls(function, "run"):
        if not call.args and isinstance(call.func, ast.Attribute):
            text = _("{child}.run() runs the task here, in the parent. {child}.start() starts a child that runs it.")
            yield Mistake(call.lineno, text.format(child=ast.unparse(call.func.value)))


def _task_is_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    targets = {id(value) for value, _call in syntax_tree.keywords(function, "target")}
    deferred = {id(inner) for node in ast.walk(function) if isinstance(node, ast.Lambda) for inner in ast.walk(node)}
    for call in syntax_tree.calls(function, "task"):
        if isinstance(call.func, ast.Name) and id(call) not in targets | deferred:
            text = _("task() calls the task here, in the parent. Pass it to a child: target=task.")
            yield Mistake(call.lineno, text)


def _no_start(function: ast.FunctionDef) -> Iterator[Mistake]:
    made = syntax_tree.calls(function, "Process")
    if made and not syntax_tree.mentions(function, "start") and not syntax_tree.calls(function, "run"):
        yield Mistake(made[0].lineno, _("the process is made, and never started. Call its start()."))


def _join_in_loop(function: ast.FunctionDef) -> Iterator[Mistake]:
    for loop in ast.walk(function):
        if (
            isinstance(loop, (ast.For, ast.While))
            and syntax_tree.calls(loop, "start")
            and syntax_tree.calls(loop, "join")
        ):
            text = _(
                "join() is inside the loop that starts the children, so each child must end before the next one"
                " starts. Join them in a loop of its own, after this one."
            )
            yield Mistake(syntax_tree.calls(loop, "join")[0].lineno, text)


def _no_return(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not syntax_tree.returns(function):
        text = _("{function}() returns nothing. Its docstring says what it returns.")
        yield Mistake(function.lineno, text.format(function=function.name))


def _endless_join(function: ast.FunctionDef) -> Iterator[Mistake]:
    joins, kills = syntax_tree.calls(function, "join"), syntax_tree.calls(function, "kill")
    if joins and not joins[0].args and not joins[0].keywords and (not kills or joins[0].lineno < kills[0].lineno):
        text = _(
            "join() waits here without a limit, also for a child that ignores the request. Give it the patience:"
            " join(patience)."
        )
        yield Mistake(joins[0].lineno, text)


def _no_join_after_kill(function: ast.FunctionDef) -> Iterator[Mistake]:
    for kill in syntax_tree.calls(function, "kill"):
        if not any(join.lineno > kill.lineno for join in syntax_tree.calls(function, "join")):
            text = _("kill() does not wait until the child has ended. Join it after this line.")
            yield Mistake(kill.lineno, text)


def _normal_end(function: ast.FunctionDef) -> Iterator[Mistake]:
    for join in syntax_tree.calls(function, "join"):
        text = _("the program waits here until its child has ended, so it does not leave first.")
        yield Mistake(join.lineno, text)
    if not {"_exit", "kill", "join"} & syntax_tree.names(function):
        text = _(
            "the program ends normally after this line, and then multiprocessing waits for the child. os._exit(0)"
            " leaves at once."
        )
        yield Mistake(function.body[-1].lineno, text)


def _lock_too_late(function: ast.FunctionDef) -> Iterator[Mistake]:
    locked = syntax_tree.lines_under(function, "lock")
    reads = [call.lineno for call in syntax_tree.calls(function, "query")]
    if locked and reads and not set(reads) & locked and min(reads) < min(locked):
        text = _(
            "the count is read here, before the lock is taken. Another buyer can read the same count. Take the lock"
            " first."
        )
        yield Mistake(min(reads), text)


def _lock_too_short(function: ast.FunctionDef) -> Iterator[Mistake]:
    locked = syntax_tree.lines_under(function, "lock")
    late = [call.lineno for call in syntax_tree.calls(function, "restock") if call.lineno not in locked]
    if locked and late:
        text = _("the count is written here, after the lock was released. Keep the lock until then.")
        yield Mistake(late[0], text)


def _flag_after_start(function: ast.FunctionDef) -> Iterator[Mistake]:
    starts = [call.lineno for call in syntax_tree.calls(function, "start")]
    for line in syntax_tree.lines_that_set(function, "daemon"):
        if starts and line > starts[0]:
            yield Mistake(line, _("the child has been started already. Set daemon before start()."))


def _no_flag(function: ast.FunctionDef) -> Iterator[Mistake]:
    if not syntax_tree.lines_that_set(function, "daemon") and not any(syntax_tree.keywords(function, "daemon")):
        text = _("the child is not declared a daemon. Set its daemon to True before start().")
        yield Mistake(function.lineno, text)


def _manager_has_ended(function: ast.FunctionDef) -> Iterator[Mistake]:
    for block in ast.walk(function):
        if isinstance(block, ast.With) and syntax_tree.calls(block.items[0], "Manager"):
            managed = syntax_tree.assigned_from(block, ast.unparse(block.items[0].optional_vars or block))
            returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
            for node in returns:
                if node.lineno > (block.end_lineno or 0) and syntax_tree.names(node) & managed:
                    text = _("the manager has ended before this line. Read the result inside the block.")
                    yield Mistake(node.lineno, text)


def _lock_for_each(function: ast.FunctionDef) -> Iterator[Mistake]:
    repeated = (ast.For, ast.ListComp, ast.GeneratorExp)
    for loop in ast.walk(function):
        for call in syntax_tree.calls(loop, "Lock") if isinstance(loop, repeated) else ():
            text = _("this makes a lock for each child, so no child waits for another. Make one for all.")
            yield Mistake(call.lineno, text)


def _join_before_get(function: ast.FunctionDef) -> Iterator[Mistake]:
    joins, gets = syntax_tree.calls(function, "join"), syntax_tree.calls(function, "get")
    if joins and gets and joins[0].lineno < gets[0].lineno and not joins[0].args:
        text = _(
            "the parent waits here for the child, and the child waits until somebody gets its message. Get it first."
        )
        yield Mistake(joins[0].lineno, text)


def _report_too_early(function: ast.FunctionDef) -> Iterator[Mistake]:
    reports, meals = syntax_tree.calls(function, "task_done"), syntax_tree.calls(function, "eat")
    if reports and meals and reports[0].lineno < meals[0].lineno:
        text = _("this reports the item before it was eaten. Report it after eat(item).")
        yield Mistake(reports[0].lineno, text)


def _place_too_short(function: ast.FunctionDef) -> Iterator[Mistake]:
    inside = syntax_tree.lines_under(function, "places")
    outside = [
        call.lineno
        for name in ("stay", "tell")
        for call in syntax_tree.calls(function, name)
        if call.lineno not in inside
    ]
    if inside and outside and min(outside) > max(inside):
        text = _("the car has given its place back before this line, and is still inside.")
        yield Mistake(min(outside), text)


def _pack_is_called(function: ast.FunctionDef) -> Iterator[Mistake]:
    for call in syntax_tree.calls(function, "pack"):
        text = _(
            "pack() packs the parcel here, in the parent. Let a worker call it: pool.apply_async(pack, (parcel,))."
        )
        yield Mistake(call.lineno, text)


def _item_for_arguments(function: ast.FunctionDef) -> Iterator[Mistake]:
    loops = [node for node in ast.walk(function) if isinstance(node, (ast.For, ast.comprehension))]
    items = {loop.target.id for loop in loops if isinstance(loop.target, ast.Name)}
    for call in syntax_tree.calls(function, "apply_async"):
        arguments = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "args")]
        for value in arguments:
            if isinstance(value, ast.Name) and value.id in items:
                yield Mistake(call.lineno, _(NO_TUPLE).format(value=value.id))


def _waits_for_result(function: ast.FunctionDef) -> Iterator[Mistake]:
    for name in "apply", "get", "wait", "join":
        for call in syntax_tree.calls(function, name):
            text = _(
                "{method}() waits here. apply_async() returns at once, and calls the callback with the result later."
            )
            yield Mistake(call.lineno, text.format(method=name))


def _wait_unheeded(function: ast.FunctionDef) -> Iterator[Mistake]:
    for node in ast.walk(function):
        waits = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and syntax_tree.called(node.value)
        if waits == "wait" and not syntax_tree.mentions(function, "is_set"):
            text = _("wait() returns whether the event is set, and here nothing looks at that.")
            yield Mistake(getattr(node, "lineno", 0), text)


def _line_too_late(function: ast.FunctionDef) -> Iterator[Mistake]:
    waits, sets = syntax_tree.calls(function, "wait"), syntax_tree.calls(function, "set")
    if waits and sets and waits[0].lineno < sets[0].lineno:
        text = _("the runner waits here for the starter, and the starter waits until line is set. Set it first.")
        yield Mistake(waits[0].lineno, text)


GENERAL: Sequence[MistakeRule] = (_arguments_are_no_tuple, _not_called, _run_is_called)
"""The rules that are right for every exercise, besides that for a target that is called."""

RULES_BY_NAME: dict[str, MistakeRule] = {
    "endless-join": _endless_join,
    "flag-after-start": _flag_after_start,
    "item-for-arguments": _item_for_arguments,
    "join-before-get": _join_before_get,
    "join-in-loop": _join_in_loop,
    "line-too-late": _line_too_late,
    "lock-for-each": _lock_for_each,
    "lock-too-late": _lock_too_late,
    "lock-too-short": _lock_too_short,
    "manager-has-ended": _manager_has_ended,
    "no-callback": _lacks("tell", N_("{function}() does not use tell. Pass it to the pool: callback=tell.")),
    "no-flag": _no_flag,
    "no-join": _lacks("join", N_("{function}() joins no child, so it does not wait until the child has ended.")),
    "no-join-after-kill": _no_join_after_kill,
    "no-kill": _lacks("kill", N_("{function}() never kills a child that ignores the request.")),
    "no-limit": _lacks(
        "patience", N_("{function}() waits without a limit. Wait for the patience: gun.wait(patience).")
    ),
    "no-line": _lacks("line", N_("{function}() never sets line, so the starter waits without end.")),
    "no-lock": _lacks("lock", N_("{function}() does not take the lock.")),
    "no-manager": _lacks(
        "Manager", N_("there is no manager, so each child gets a copy of the counter, and changes only that copy.")
    ),
    "no-place": _lacks("places", N_("{function}() does not take a place.")),
    "no-report": _lacks("task_done", N_("{function}() never calls task_done(), so the producer waits without end.")),
    "no-return": _no_return,
    "no-start": _no_start,
    "no-terminate": _lacks(
        "terminate", N_("{function}() never asks the process to end. Call terminate(process) first.")
    ),
    "normal-end": _normal_end,
    "pack-called": _pack_is_called,
    "place-too-short": _place_too_short,
    "report-too-early": _report_too_early,
    "task-called": _task_is_called,
    "wait-unheeded": _wait_unheeded,
    "waits-for-result": _waits_for_result,
}
"""The rules that an exercise names if they are right for its holes."""
