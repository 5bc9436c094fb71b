"""Run a lesson and watch it: ``python -m impl LESSON``."""

from __future__ import annotations

import argparse
import importlib
import inspect
import io
import os
import pkgutil
import selectors
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from types import ModuleType
from typing import Any, Callable, NoReturn, Optional, Protocol, get_type_hints

import impl
from impl.api import NoSuchAPI, import_api, load

SECONDS_BETWEEN_LOOKS = 0.005
"""A look at a process takes some 0.1 ms, so ten processes that are watched cost a fifth of a processor."""

MOST = 10_000
"""The largest number that a demo takes."""


def lessons() -> dict[str, ModuleType]:
    """Return the lessons by name, in teaching order.  A lesson is a module of this package that has a ``demo``."""
    found = [info.name for info in pkgutil.iter_modules(impl.__path__) if info.name != "__main__"]
    names = sorted(found, key=impl.place_in_order)
    modules = {name: importlib.import_module(f"impl.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "demo")}


def checked(checks: Sequence[Callable[[str], None]]) -> Callable[[str], str]:
    """Return a function that returns a text which passes all *checks*; a check raises ValueError."""

    def convert(text: str) -> str:
        try:
            for check in checks:
                check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return text

    return convert


def in_range(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a converter to *kind* that refuses negative numbers, those above `MOST`, and what is not a number."""

    def convert(text: str) -> Any:
        value = kind(text)
        if not 0 <= value <= MOST:
            raise argparse.ArgumentTypeError(f"{text} is not from 0 to {MOST}")
        return value

    convert.__name__ = kind.__name__
    return convert


def look_for(demo: Callable[..., None]) -> str:
    """Return what a person should look for: the second paragraph of the docstring of *demo*."""
    _, _, rest = (inspect.getdoc(demo) or "").partition("\n\n")
    return rest.partition("\n\n")[0]


def parser(program: str = "python -m impl") -> argparse.ArgumentParser:
    """Return a parser with a command for each lesson, and an option for each parameter of its demo."""
    top = argparse.ArgumentParser(prog=program, description="Run a lesson and watch it.")
    commands = top.add_subparsers(title="lessons", dest="lesson", metavar="LESSON")
    for name, module in lessons().items():
        summary = (inspect.getdoc(module.demo) or "").partition("\n\n")[0]
        command = commands.add_parser(name, help=summary, description=inspect.getdoc(module))
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.add_argument(
            "--mp",
            default="multiprocessing",
            metavar="MODULE[:CONTEXT]",
            help="the multiprocessing API to run on, such as multiprocessing:spawn (default: %(default)s)",
        )
        command.add_argument(
            "--impl",
            metavar="PACKAGE",
            help="run the demo with the functions of this package of lessons, as far as it has them",
        )
        command.add_argument(
            "--timeline",
            metavar="FILE",
            help="write what each process did to FILE: .svg, .html, or .json for Perfetto",
        )
        command.add_argument(
            "--live",
            action="store_true",
            help="show in the terminal what each process does; where there is no terminal, at the end only",
        )
        hints = get_type_hints(module.demo, include_extras=True)
        for option in list(inspect.signature(module.demo).parameters.values())[1:]:
            kind, [about, *checks] = hints[option.name].__origin__, hints[option.name].__metadata__
            command.add_argument(
                "--" + option.name.replace("_", "-"),
                type=checked(checks) if kind is str else in_range(kind),
                default=option.default,
                metavar={int: "N", float: "SECONDS", str: "TEXT"}[kind],
                help=f"{about} (default: %(default)s)",
            )
    return top


def use_own(lesson: str, package: str) -> None:
    """Let the demo of a lesson call the functions of *package* in place of those in ``impl``, as far as it has them.

    Raises:
        NoSuchAPI: the package or the lesson cannot be imported, or has none of these functions.
    """
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())  # as for a program that is run by ``python -m``
    reference, own = lessons()[lesson], import_api(f"{package}.{lesson}")
    theirs = {
        name: vars(own)[name]
        for name, value in vars(reference).items()
        if getattr(value, "__module__", "") == reference.__name__ and name != "demo" and name in vars(own)
    }
    if not theirs:
        raise NoSuchAPI(f"{package}.{lesson} has none of the functions of impl.{lesson}")
    vars(reference).update(theirs)


class WatchesProcesses(Protocol):
    """What watches the processes of a demo; see `spec.report.timelines.observing`."""

    def begin(self, pid: int) -> None:
        """Begin with the process of the demo."""

    def look(self) -> None:
        """Look at all processes."""

    def printed(self, text: str, descriptor: int) -> bool:
        """Note what they have printed to a file descriptor of this process, and return whether it was shown there."""

    def stop(self) -> None:
        """Leave the terminal to others."""


def watch(
    demo: Callable[..., None], mp: Any, options: dict[str, Any], observer: Optional[WatchesProcesses] = None
) -> int:
    """Run *demo* in a process of its own, pass on what it prints, and return its exit status.

    The terminal sends the SIGINT of Ctrl-C to every process of its foreground process group.  The demo and the
    processes that it starts run in a session of their own, and write to pipes.  So only this process is interrupted
    or terminated, and only this one notices if nobody reads the output any more, as in ``| head -1``.  It ends the
    others then, and drops what they print about it.  They also have a temporary folder of their own, which this
    function removes at the end.  A process that is terminated, or leaves by ``os._exit``, does not remove its files.

    Args:
        demo: a lesson's demo.
        mp: the multiprocessing API.
        options: the options of the demo.
        observer: told when the demo has begun and what it prints, and asked to look at its processes again and again.
    """
    folder = tempfile.mkdtemp()
    pipes = {stream.fileno(): os.pipe() for stream in (sys.stdout, sys.stderr)}
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for stream, (_, writer) in pipes.items():
            os.dup2(writer, stream)
        os.environ["PYTHONUNBUFFERED"] = "1"  # new interpreters write to a pipe at the end only
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        perform(demo, mp, options, [end for pipe in pipes.values() for end in pipe])
    handlers = {number: signal.signal(number, raise_terminated) for number in ending_signals()}
    try:
        if observer:
            observer.begin(pid)
        for _, writer in pipes.values():
            os.close(writer)
        pass_on({reader: stream for stream, (reader, _) in pipes.items()}, observer)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except (KeyboardInterrupt, BrokenPipeError, Terminated) as error:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)
        if isinstance(error, BrokenPipeError):
            return end_unread()
        if isinstance(error, Terminated):
            return 128 + error.number
        print("interrupted", file=sys.stderr)
        return 128 + signal.SIGINT
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for reader, _ in pipes.values():
            os.close(reader)
        shutil.rmtree(folder, ignore_errors=True)


class Terminated(Exception):
    """A signal has come that ends a program.

    Args:
        number: its number.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def ending_signals() -> list[int]:
    """Return SIGTERM and, unless it is ignored as under nohup, SIGHUP, which comes when a terminal is closed."""
    ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    return [signal.SIGTERM] if ignored else [signal.SIGTERM, signal.SIGHUP]


def raise_terminated(number: int, _: object) -> NoReturn:
    """Handle one of `ending_signals`.

    Raises:
        Terminated: always.
    """
    raise Terminated(number)


def perform(demo: Callable[..., None], mp: Any, options: dict[str, Any], inherited: Sequence[int]) -> NoReturn:
    """Close the *inherited* file descriptors, run *demo*, and exit as every program does.

    A program that exits terminates its daemons, and waits for its other children.
    """
    for end in inherited:
        os.close(end)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        demo(mp, **options)
    except NoSuchAPI as error:  # the API lacks what the lesson is about
        print(f"error: argument --mp: {error}", file=sys.stderr)
        sys.exit(2)
    sys.exit()


def pass_on(streams: Mapping[int, int], observer: Optional[WatchesProcesses]) -> None:
    """Read from some file descriptors, and write to others, until no process can write any more.

    Args:
        streams: for each file descriptor that is read, the one that its data is written to.
        observer: told what is written, and let look at the processes every few milliseconds.
    """
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        if observer:
            stack.callback(observer.stop)
        for reader in streams:
            selector.register(reader, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(SECONDS_BETWEEN_LOOKS if observer else None):
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fd)
                if observer and observer.printed(data.decode(errors="replace"), streams[key.fd]):
                    continue
                while data:
                    data = data[os.write(streams[key.fd], data) :]
            if observer:
                observer.look()


def end_unread() -> int:
    """Return the exit status of a program whose output nobody reads, and keep Python from telling that."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def recorder(top: argparse.ArgumentParser, title: str, file: Optional[str], live: bool) -> Any:
    """Return what records a timeline in a *file*, or shows it in the terminal; end with a message if it cannot."""
    view = None
    if live:
        from spec.report.timelines.terminal import (
            CannotDraw,
            ShownTimeline,
            TerminalView,
        )  # only this option needs it

        try:
            view = TerminalView()
        except CannotDraw as error:
            top.error(f"argument --live: {error}")
        if file is None:
            return ShownTimeline(title, view)
    from spec.report.timelines.timeline_file import CannotWrite, RecordedTimeline  # the same

    try:
        return RecordedTimeline(str(file), title, view)
    except CannotWrite as error:
        top.error(f"argument --timeline: {error}")


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
    lesson, name, package = options.pop("lesson"), options.pop("mp", None), options.pop("impl", None)
    file, live = options.pop("timeline", None), options.pop("live", False)
    if lesson is None:
        top.print_help()
        return 0
    try:
        mp: Any = load(name)
    except NoSuchAPI as error:
        top.error(f"argument --mp: {error}")
    if package is not None:
        try:
            use_own(lesson, package)
        except NoSuchAPI as error:
            top.error(f"argument --impl: {error}")
    demo = lessons()[lesson].demo
    title = lesson if package is None else f"{package}.{lesson}"
    record: Any = recorder(top, f"{title} on {name}", file, live) if file is not None or live else None
    try:
        print(look_for(demo), end="\n\n", flush=True)
    except BrokenPipeError:
        return end_unread()
    status = watch(demo, mp, options, record)
    if record:
        try:
            record.write()
        except BrokenPipeError:
            return end_unread()
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the demo runs, or after it
        sys.exit(128 + signal.SIGINT)
