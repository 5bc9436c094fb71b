"""The default start method, and what only one start method does."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from impl.contract import Multiprocessing
from spec.claims.isolation import payloads
from spec.claims.shared.steps import leave
from spec.engine.fixtures import MakeCheckpoint, MakeWorker, Programs
from spec.engine.lessons import Lesson, NotProvided
from spec.engine.marks import (
    default_is_fork,
    default_is_forkserver,
    fork_knows_threads,
    fork_server_is_parent,
    fresh_memory,
    inherits_memory,
    needs,
    source,
    where,
)
from spec.engine.targets import Target
from spec.harness.process_table import parent, until_exited
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, other_than, recorder, refuses

pytestmark = needs("Process")


@pytest.fixture
def default(target: Target) -> Any:
    """The module under test itself, without a start method named."""
    if not hasattr(target.module, "get_start_method"):
        raise NotProvided(f"{target.module.__name__} has no get_start_method")
    return target.module


@pytest.fixture
def choosing(default: Any) -> Any:
    """The same, if a program can choose the start method."""
    for name in "get_all_start_methods", "get_context", "set_start_method":
        if not hasattr(default, name):
            raise NotProvided(f"{default.__name__} has no {name}")
    return default


@where(default_is_fork)
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
def test_default_is_fork(default: Any, checkpoint: MakeCheckpoint) -> None:
    """The default start method is fork, and the starter is the parent of a child."""
    here = checkpoint("here")
    caller.shows("the default start method", default.get_start_method(), expected="fork")
    child = default.Process(target=here.pause)
    child.start()
    kernel.shows("the parent of the child's process", parent(here.next().let_go().pid), expected=os.getpid())
    child.join()


@where(default_is_forkserver)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver")
def test_default_is_forkserver(default: Any, checkpoint: MakeCheckpoint) -> None:
    """The default start method is forkserver, and a fork server is the parent of a child."""
    here = checkpoint("here")
    caller.shows("the default start method", default.get_start_method(), expected="forkserver")
    child = default.Process(target=here.pause)
    child.start()
    arrival = here.next()
    kernel.shows("the parent of the child's parent process", parent(parent(arrival.pid) or 0), expected=os.getpid())
    arrival.let_go()
    child.join()


def warnings_beside_a_thread(mp: Multiprocessing, lesson: Lesson) -> list[warnings.WarningMessage]:
    """Run a child while this process has a second thread, and return the warnings that its start causes."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lesson.run_in_child(mp, leave(0))
    done.set()
    thread.join()
    return caught


@where(inherits_memory)
@where(fork_knows_threads)
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-fork")
def test_fork_warns_of_threads(mp: Multiprocessing, lesson: Lesson) -> None:
    """When a process that has a second thread starts a child, it gets a warning that the child may hang."""
    caught = warnings_beside_a_thread(mp, lesson)
    kinds = [warning.category for warning in caught if "multi-threaded" in str(warning.message)]
    caller.shows("the categories of the warnings about threads", kinds, expected=[DeprecationWarning])


@where(fork_server_is_parent)
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing-start-method-forkserver", observed=True
)
def test_helper_keeps_its_environment(mp: Multiprocessing, lesson: Lesson, log: Recorder) -> None:
    """A child of a fork server has the environment that the starter had when the fork server was started."""
    for value in "then", "now":
        os.environ["MULTIPROCESSING_SPEC"] = value
        lesson.run_in_child(mp, partial(payloads.tell_environment, log, "MULTIPROCESSING_SPEC"))
    recorder.shows("the environment of each child", log.values("environment"), expected=["then", "then"])


@where(fork_server_is_parent)
@source("https://github.com/python/cpython/issues/75489", observed=True)
def test_killed_helper_is_replaced(mp: Multiprocessing, checkpoint: MakeCheckpoint) -> None:
    """When the fork server has been killed, the next start uses a new one."""
    here, fork_servers = checkpoint("here"), []
    for _ in range(2):
        child = mp.Process(target=here.pause)
        child.start()
        arrival = here.next()
        fork_servers.append(parent(arrival.pid) or 0)
        arrival.let_go()
        child.join()
        caller.shows("the exit code of the child", child.exitcode, expected=0)
        kernel.shows("the pid of the fork server", fork_servers[-1], expected=other_than(os.getpid()))
        os.kill(fork_servers[-1], signal.SIGKILL)
        until_exited(fork_servers[-1])
    kernel.shows("the number of different fork servers", len({*fork_servers}), expected=2)


@where(fork_server_is_parent)
@needs("set_forkserver_preload")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_forkserver_preload")
def test_helper_preloads_modules(mp: Any, lesson: Lesson, log: Recorder) -> None:
    """A module that the fork server is told to preload before its start is already imported when a child begins."""
    mp.set_forkserver_preload(["colorsys"])
    lesson.run_in_child(mp, partial(payloads.tell_module, log, "colorsys"))
    recorder.shows("whether the module is imported in the child", log.values("module"), expected=[True])


@where(fork_server_is_parent)
@needs("set_forkserver_preload")
@source("https://github.com/python/cpython/issues/117378")
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_forkserver_preload", observed=True
)
def test_helper_preloads_from_the_starters_path(mp: Any, lesson: Lesson, log: Recorder, folder: Path) -> None:
    """The fork server finds a module to preload in a folder that the starter has added to `sys.path`."""
    (folder / "preloaded_by_the_claim.py").touch()
    sys.path.append(str(folder))
    mp.set_forkserver_preload(["preloaded_by_the_claim"])
    lesson.run_in_child(mp, partial(payloads.tell_module, log, "preloaded_by_the_claim"))
    recorder.shows("whether the module is imported in the child", log.values("module"), expected=[True])


@where(fork_server_is_parent)
@needs("set_forkserver_preload")
@source("https://github.com/python/cpython/issues/135335")
@source(
    "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_forkserver_preload", observed=True
)
def test_output_of_a_preloaded_module_is_written_once(program: Programs, folder: Path) -> None:
    """Text that a module prints while a fork server preloads it is written once, however many children there are."""
    (folder / "printing_for_the_claim.py").write_text("print('preloaded')")
    preloading = program.main(payloads.preload_and_start, str(folder), "printing_for_the_claim")
    kernel.shows("the program's exit status", preloading.exit_status(), expected=0)
    lines = sorted(preloading.output.splitlines())
    kernel.shows("the printed lines", lines, expected=["child", "child", "preloaded"])


@where(fork_server_is_parent)
@needs("set_forkserver_preload")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_forkserver_preload")
def test_only_names_can_be_preloaded(mp: Any, lesson: Lesson, log: Recorder) -> None:
    """`set_forkserver_preload` refuses a list of modules that are no names with TypeError, and changes nothing."""
    mp.set_forkserver_preload(["colorsys"])
    for wrong in [1], [sys], ["graphlib", None]:
        with refuses(TypeError):
            mp.set_forkserver_preload(wrong)
    lesson.run_in_child(mp, partial(payloads.tell_module, log, "colorsys"))
    recorder.shows("whether the module is imported in the child", log.values("module"), expected=[True])


@where(fresh_memory)
@source("https://github.com/joblib/loky/issues/424")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_fresh_memory_needs_no_warning_of_threads(mp: Multiprocessing, lesson: Lesson) -> None:
    """Where a child begins with fresh memory, its start causes no warning, even beside a second thread."""
    caught = warnings_beside_a_thread(mp, lesson)
    caller.shows("the warnings", [str(warning.message) for warning in caught], expected=[])


@needs("Lock", "Queue")
@where(fresh_memory)
@source("https://github.com/pypy/pypy/issues/3630")
@source("https://docs.python.org/3/library/os.html#os.register_at_fork", observed=True)
def test_starter_runs_no_fork_handlers(program: Programs, log: Recorder) -> None:
    """Where children begin with fresh memory, starting them and making locks runs no fork handler of the starter."""
    running = program.main(payloads.start_with_fork_handlers, log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the number of times that the child's task ran", len(log.events("task")), expected=1)
    recorder.shows("the processes that ran a handler", log.values("before a fork"), expected=[])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_start_method")
def test_start_method_is_set_once(choosing: Any, program: Programs, log: Recorder, target: Target) -> None:
    """The start method can be set once, and after that only with `force`; `None` resets it to the default."""
    running = program.main(payloads.set_start_methods, target.module.__name__, log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    methods = log.values("methods")[0]
    first = choosing.get_all_start_methods()[0]
    recorder.shows("all start methods", sorted(methods), expected=["fork", "forkserver", "spawn"])
    expected = [None, "spawn", "RuntimeError", "spawn", "fork", None, first, "RuntimeError", "ValueError"]
    recorder.shows("the start method after each attempt to set it", log.values("method"), expected=expected)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.freeze_support", observed=True)
@source("https://github.com/python/cpython/issues/140814")
def test_start_method_can_be_set_after_freeze_support(choosing: Any, program: Programs, log: Recorder) -> None:
    """`freeze_support` settles no start method: the program can still set it."""
    if not hasattr(choosing, "freeze_support"):
        raise NotProvided(f"{choosing.__name__} has no freeze_support")
    program.main(payloads.freeze_and_set_start_method, choosing.__name__, log).exit_status()
    recorder.shows("the start method before and after it is set", log.values("method"), expected=[None, "spawn"])


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.get_start_method", observed=True)
def test_start_method_that_is_set_reaches_children(choosing: Any, program: Programs, log: Recorder) -> None:
    """Children, and their children, have the start method that the program has set."""
    running = program.main(payloads.set_and_tell_start_method, choosing.__name__, "spawn", log)
    kernel.shows("the program's exit status", running.exit_status(), expected=0)
    recorder.shows("the start methods", log.values("method"), expected=["spawn"] * 2)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.get_context")
def test_context_has_one_start_method(choosing: Any) -> None:
    """A context has the start method that was asked for, and refuses to change it."""
    for method in choosing.get_all_start_methods():
        context = choosing.get_context(method)
        caller.shows("its start method", context.get_start_method(), expected=method)
        caller.shows("whether a context is its own context", context.get_context() is context, expected=True)
        caller.shows("another context of it", context.get_context("fork").get_start_method(), expected="fork")
        with refuses(ValueError):
            context.set_start_method("spawn")
    with refuses(ValueError):
        choosing.get_context("nosuch")
    caller.shows("the default context", choosing.get_context() is choosing.get_context(), expected=True)


@where(fresh_memory)
@needs("Lock", "Queue", "active_children")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods")
@source("https://github.com/python/cpython/issues/77377")
def test_lock_of_a_forking_context_is_refused(mp: Any, choosing: Any) -> None:
    """A child that begins with fresh memory cannot be given a lock or a queue that a forking context has made."""
    forking = choosing.get_context("fork")
    for made in forking.Lock(), forking.Queue():
        with refuses(RuntimeError):
            mp.Process(target=len, args=([made],)).start()
    caller.shows("the active children", mp.active_children(), expected=[])


@needs("Lock")
@source("https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods", observed=True)
def test_lock_of_another_context_is_shared(choosing: Any, worker: MakeWorker) -> None:
    """A lock that a context with fresh memory has made is the same lock in the children of each other context."""
    locks = {method: choosing.get_context(method).Lock() for method in ("spawn", "forkserver")}
    child = worker(**locks)
    for method, lock in locks.items():
        lock.acquire()
        caller.shows("acquire(False) in a child", child.call(f"{method}.acquire", False), expected=False)
        lock.release()
        caller.shows("acquire(False) there after the release", child.call(f"{method}.acquire", False), expected=True)


@needs("cpu_count")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.cpu_count")
def test_processors_are_counted(mp: Any) -> None:
    """`cpu_count` returns the number of processors of the machine."""
    kernel.shows("the number of processors", os.sysconf("SC_NPROCESSORS_ONLN"), expected=mp.cpu_count())


@needs("ProcessError", "BufferTooShort", "AuthenticationError", "TimeoutError")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.ProcessError")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.TimeoutError")
def test_its_exceptions_have_one_base(mp: Any) -> None:
    """`ProcessError` is the base of `BufferTooShort`, `AuthenticationError` and `TimeoutError`."""
    for error in mp.BufferTooShort, mp.AuthenticationError, mp.TimeoutError:
        caller.shows(f"whether {error.__name__} is a ProcessError", issubclass(error, mp.ProcessError), expected=True)
