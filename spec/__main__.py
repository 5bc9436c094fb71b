"""The command line of the project: ``python -m spec COMMAND``."""

from __future__ import annotations

import difflib
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import NamedTuple, Optional

from spec.installation import IN_CHECKOUT, PROGRAM
from spec.tools.command_line import USAGE_ERROR, Parser, UsageError


class Command(NamedTuple):
    """A command.

    Attributes:
        help: what it does, in a few words.
        module: where it is: ``run`` does it, with what ``add_arguments`` has added to a parser.
        own_parser: the module parses its arguments itself, in ``main``: it passes them on to another program, or one
            of them changes what the help says.
        in_checkout: it works on the sources of the project, and is there in a checkout only.
    """

    help: str
    module: str
    own_parser: bool = False
    in_checkout: bool = False


COMMANDS = {
    "verify": Command("verify a multiprocessing API or a package of lessons", "spec.tools.verify", own_parser=True),
    "watch": Command("run a lesson and watch it", "spec.tools.watch", own_parser=True),
    "learn": Command(
        "do exercises, lesson by lesson, which claims judge", "spec.learn.learn_command", own_parser=True
    ),
    "claims": Command("list the claims, with their sources, tests, and where they apply", "spec.tools.catalogue"),
    "deviations": Command("list what is known not to hold on a library", "spec.tools.deviations_command"),
    "report": Command("make pages, badges and tables from reports of runs", "spec.tools.report_command"),
    "diff": Command("tell what differs between two targets, Pythons or runs", "spec.tools.diff"),
    "machine": Command("tell what this machine provides, and what it lacks", "spec.tools.machine"),
    "new": Command("write the skeleton of a claim or a lesson", "spec.tools.new", in_checkout=True),
    "check": Command("tell what is missing or out of date, and what mends it", "spec.tools.check", in_checkout=True),
    "matrix": Command(
        "try defects, mutants and reproductions against the claims", "spec.tools.matrix", in_checkout=True
    ),
    "cost": Command(
        "measure what the suite costs beyond its processes", "spec.tools.cost.cost_command", in_checkout=True
    ),
    "soak": Command("run the suite over and over, under load", "spec.tools.soak"),
}


def main(arguments: Optional[Sequence[str]] = None, program: str = PROGRAM) -> int:
    """Run the command that the command line names, and return the exit status.

    Args:
        arguments: the command line; that of this process if left out.
        program: how the command line begins, for messages.
    """
    name, *rest = (sys.argv[1:] if arguments is None else list(arguments)) or ["--help"]
    try:
        status = _run(program, name, rest)
        sys.stdout.flush()
    except UsageError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return USAGE_ERROR
    except BrokenPipeError:  # as in ``python -m spec claims | head``
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at its end
        return 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return status


def _run(program: str, name: str, arguments: Sequence[str]) -> int:
    if name in ("-h", "--help"):
        print(_help(program))
        return 0
    if name not in COMMANDS:
        alike = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean {alike[0]}?" if alike else f"the commands are {', '.join(COMMANDS)}"
        raise UsageError(f"there is no command {name!r}; {hint}")
    command = COMMANDS[name]
    if command.in_checkout and not IN_CHECKOUT:
        raise UsageError(f"{name} works on the sources of the project: run python -m spec {name} in a checkout")
    module = importlib.import_module(command.module)
    if command.own_parser:
        return int(module.main(f"{program} {name}", arguments))
    parser = Parser(prog=f"{program} {name}", description=module.__doc__)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(arguments)))


def _help(program: str) -> str:
    width = max(map(len, COMMANDS)) + 2
    there = {name: command for name, command in COMMANDS.items() if IN_CHECKOUT or not command.in_checkout}
    lines = [f"  {name:{width}}{command.help}" for name, command in there.items()]
    return "\n".join(
        [
            f"usage: {program} COMMAND [ARGUMENT ...]",
            "",
            "An executable specification of process-based concurrency in Python.",
            "",
            "commands:",
            *lines,
            "",
            f"{program} COMMAND --help describes a command.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
