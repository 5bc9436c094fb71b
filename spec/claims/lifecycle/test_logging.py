"""What is logged of processes, if somebody asks for it."""

from __future__ import annotations

import logging
from typing import Any

from spec.claims.lifecycle import payloads
from spec.engine.fixtures import Programs
from spec.engine.marks import needs, source
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, containing, kernel, recorder

pytestmark = needs("Process", "get_logger", "log_to_stderr")


@source("https://docs.python.org/3/library/multiprocessing.html#logging")
def test_log_goes_to_stderr_if_asked_for(program: Programs) -> None:
    """After `log_to_stderr`, a program and its children print log messages of the given level or a higher one."""
    logging_all = program.main(payloads.log_a_child, logging.DEBUG)
    kernel.shows("the program's exit status", logging_all.exit_status(), expected=0)
    errors = logging_all.all_errors()
    for text in "calling self.run()", "exiting with exitcode 0", "from the program", "from the child":
        recorder.shows("what is on stderr", errors, expected=containing(text))
    quiet = program.main(payloads.log_a_child, logging.WARNING)
    quiet.exit_status()
    errors = quiet.all_errors()
    logged = [line for line in errors.splitlines() if line.startswith("[")]  # others may print warnings, too
    seen = [line.partition("/")[::2] for line in logged]
    messages = [(level, text.partition("] ")[2]) for level, text in seen]
    expected = [("[WARNING", "from the program"), ("[WARNING", "from the child")]
    recorder.shows("what is on stderr if only warnings are asked for", messages, expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.get_logger")
def test_logger_is_quiet_by_default(mp: Any) -> None:
    """`get_logger` always returns the same logger, which has no handler and passes nothing on to the root logger."""
    logger = mp.get_logger()
    caller.shows("whether a second call returns the same", mp.get_logger() is logger, expected=True)
    caller.shows("its handlers, its level and whether it passes on", facts(logger), expected=([], logging.NOTSET, 0))
    returned = mp.log_to_stderr()
    caller.shows("whether log_to_stderr() returns it", returned is logger, expected=True)
    caller.shows("its level after that", logger.level, expected=logging.NOTSET)
    caller.shows("the number of its handlers", len(logger.handlers), expected=1)
    mp.log_to_stderr(logging.ERROR)
    caller.shows("its level after log_to_stderr(ERROR)", logger.level, expected=logging.ERROR)


def facts(logger: logging.Logger) -> tuple[list[logging.Handler], int, int]:
    """Return the handlers and the level of a *logger*, and whether it passes on what it gets."""
    return logger.handlers, logger.level, int(logger.propagate)


@source("https://docs.python.org/3/library/multiprocessing.html#logging", observed=True)
def test_child_logs_from_the_starters_level_on(program: Programs, log: Recorder) -> None:
    """The logger of a child has the level of its starter's, which may come from the root logger."""
    running = program.main(payloads.tell_levels, log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the effective level in each child", log.values("level"), expected=[32, 37])
