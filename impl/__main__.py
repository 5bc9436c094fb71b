"""Run a lesson and watch it: ``python -m impl LESSON``."""

from __future__ import annotations

import argparse
import importlib
import inspect
import io
import math
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any, Callable, NoReturn, Optional, get_type_hints

import impl
from impl.api import NoSuchAPI, load


def lessons() -> dict[str, ModuleType]:
    """Return the lessons by name, in teaching order.  A lesson is a module of this package that has a ``demo``."""
    found = [info.name for info in pkgutil.iter_modules(impl.__path__) if info.name != "__main__"]
    names = sorted(found, key=impl.place_in_order)
    modules = {name: importlib.import_module(f"impl.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "demo")}


def not_negative(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a converter to *kind* that refuses negative and infinite numbers, and those that are not a number."""

    def convert(text: str) -> Any:
        value = kind(text)
        if not 0 <= value < math.inf:
            raise argparse.ArgumentTypeError(f"{text} is not zero or more")
        return value

    convert.__name__ = kind.__name__
    return convert


def parser(program: str = "python -m impl") -> argparse.ArgumentParser:
    """Return a parser with a command for each lesson, and an option for each parameter of its demo."""
    top = argparse.ArgumentParser(prog=program, description="Run a lesson and watch it.")
    commands = top.add_subparsers(title="lessons", dest="lesson", metavar="LESSON")
    for name, module in lessons().items():
        summary = inspect.getdoc(module.demo)
        command = commands.add_parser(name, help=summary, description=inspect.getdoc(module))
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.add_argument(
            "--mp",
            default="multiprocessing",
            metavar="MODULE[:CONTEXT]",
            help="the multiprocessing API to run on, such as multiprocessing:spawn (default: %(default)s)",
        )
        hints = get_type_hints(module.demo, include_extras=True)
        for option in list(inspect.signature(module.demo).parameters.values())[1:]:
            kind, [about] = hints[option.name].__origin__, hints[option.name].__metadata__
            command.add_argument(
                "--" + option.name.replace("_", "-"),
                type=kind if kind is str else not_negative(kind),
                default=option.default,
                metavar={int: "N", float: "SECONDS", str: "TEXT"}[kind],
                help=f"{about} (default: %(default)s)",
            )
    return top


def watch(demo: Callable[..., None], mp: Any, options: dict[str, Any]) -> int:
    """Run *demo* in a process of its own, and return its exit status.

    The terminal sends the SIGINT of Ctrl-C to every process of its foreground process group.  The demo and the
    processes that it starts run in a session of their own.  So only this process gets the signal, and the others
    print no tracebacks.  They also have a temporary folder of their own, which this function removes at the end.  A
    process that is interrupted, or leaves by ``os._exit``, does not remove its files.
    """
    folder = tempfile.mkdtemp()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        perform(demo, mp, options)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except KeyboardInterrupt:
        os.kill(pid, signal.SIGINT)
        os.waitpid(pid, 0)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
        print("interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def perform(demo: Callable[..., None], mp: Any, options: dict[str, Any]) -> NoReturn:
    """Run *demo*, and exit as every program does: terminate the daemons, and wait for the other children."""
    try:
        demo(mp, **options)
    except KeyboardInterrupt:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
    except NoSuchAPI as error:  # the API lacks what the lesson is about
        print(f"error: argument --mp: {error}", file=sys.stderr)
        sys.exit(2)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit()


def main(arguments: Optional[Sequence[str]] = None, program: str = "python -m impl") -> int:
    """Run the lesson that the command line names, and return the exit status.

    Args:
        arguments: the command line; that of this process if left out.
        program: what the command line begins with, for messages.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # a person watches, also where the output is a pipe
    top = parser(program)
    options = vars(top.parse_args(arguments))
    lesson, name = options.pop("lesson"), options.pop("mp", None)
    if lesson is None:
        top.print_help()
        return 0
    try:
        mp: Any = load(name)
    except NoSuchAPI as error:
        top.error(f"argument --mp: {error}")
    return watch(lessons()[lesson].demo, mp, options)


if __name__ == "__main__":
    sys.exit(main())
