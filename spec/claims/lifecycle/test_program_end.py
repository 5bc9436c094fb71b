"""The end of a program: what it prints, and what becomes of helper processes."""

from __future__ import annotations

import signal

from spec.claims.lifecycle import payloads
from spec.claims.shared import program_ends
from spec.claims.shared.silence import ends_silently
from spec.engine.fixtures import MakeCheckpoint, Programs
from spec.engine.marks import needs, source
from spec.engine.targets import Target
from spec.harness.process_table import ALIVE, GONE, ZOMBIE, descendants, state, until_exited
from spec.harness.witness import kernel, one_of

pytestmark = needs("Process")


@needs("Lock", "Queue", "Pipe", "Manager")
@source("https://github.com/python/cpython/issues/140485")
@source("https://docs.python.org/3/library/multiprocessing.html#programming-guidelines", observed=True)
def test_program_that_ends_in_order_is_silent(program: Programs) -> None:
    """A program that has used everything, and closed nothing, ends with exit status 0 and nothing on stderr."""
    using = program.main(payloads.use_everything)
    ends_silently(using)
    kernel.shows("what the program printed", using.output, expected="100\n")


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_program_with_unjoined_children_is_silent(program: Programs, target: Target) -> None:
    """A program, and a child, whose children were joined, closed, killed, or nothing of it, end silently."""
    ends_silently(program.main(program_ends.use_here_and_in_a_child, payloads.leave_children, target.name))


@needs("Lock", "Queue")
@source("https://github.com/davidusb-geek/emhass/issues/545")
@source("https://man7.org/linux/man-pages/man2/sigaction.2.html", observed=True)
def test_program_whose_helpers_the_kernel_reaps_is_silent(program: Programs) -> None:
    """A program that ignores SIGCHLD, so that the kernel reaps its children, ends silently if it has used locks."""
    ends_silently(program.main(payloads.ignore_children_and_use_locks))


@needs("Lock", "Queue")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_helpers_end_with_the_program(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """All helper processes of a program exit once it has ended: normally, by an exception, by SIGTERM or SIGKILL."""
    ends = [program_ends.exit_in_a_thread, program_ends.fail, program_ends.be_terminated, program_ends.be_killed]
    main = checkpoint("main")
    programs = [program.main(program_ends.use_and_end, main.pause, end) for end in ends]
    arrivals = main.wait_for(len(ends))
    helpers = [helper for arrival in arrivals for helper in descendants(arrival.pid)]
    for arrival in arrivals:
        arrival.let_go()
    statuses = [running.exit_status() for running in programs]
    kernel.shows("the exit statuses", statuses, expected=[0, 1, -signal.SIGTERM, -signal.SIGKILL])
    for helper in helpers:
        until_exited(helper)
    states = [state(helper) for helper in helpers]
    kernel.shows("the states of the helper processes", states, expected=[one_of(ZOMBIE, GONE)] * len(helpers))


@needs("Lock")
@source("https://github.com/python/cpython/issues/146313", observed=True)
def test_ends_though_a_copy_of_it_runs_on(program: Programs, checkpoint: MakeCheckpoint) -> None:
    """A program that has locks ends, though a copy of it, which it has made with `os.fork`, runs on."""
    working = checkpoint("working")
    running = program.main(payloads.make_a_copy, working.pause)
    copy = working.next()
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    kernel.shows("the state of the copy", state(copy.pid), expected=ALIVE)
    until_exited(copy.let_go().pid)
