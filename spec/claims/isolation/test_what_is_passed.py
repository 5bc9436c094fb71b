"""Methods, sockets and shared values that a child is given."""

from __future__ import annotations

import ctypes
import os
import shlex
import socket
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from spec.claims.isolation import payloads
from spec.engine.fixtures import MakeWorker
from spec.engine.lessons import Lesson
from spec.engine.marks import fresh_memory, inherits_memory, needs, source, where
from spec.harness.holdings import holdings
from spec.harness.recorder import Recorder
from spec.harness.witness import caller, kernel, recorder, refuses

pytestmark = needs("Process")


@source("https://docs.python.org/3/library/pickle.html#what-can-be-pickled-and-unpickled")
def test_methods_are_passed_with_their_object(worker: MakeWorker) -> None:
    """A child can be given methods of objects, classes and built-in types, and partial functions."""
    given: dict[str, Any] = {
        "bound": "a-b".split,
        "of_a_class": bytes.fromhex,
        "unbound": str.upper,
        "partial": partial(sorted, reverse=True),
        "own": payloads.Basket(["plum"]).add,
    }
    child = worker(**given)
    for name, arguments in (
        ("bound", ("-",)),
        ("of_a_class", ("ff00",)),
        ("unbound", ("dumpling",)),
        ("partial", ([1, 3, 2],)),
        ("own", ("peach",)),
    ):
        recorder.shows(f"what {name} returns", child.call(name, *arguments), expected=given[name](*arguments))


@source("https://docs.python.org/3/library/multiprocessing.html#all-start-methods", observed=True)
def test_socket_can_be_passed(worker: MakeWorker) -> None:
    """A child that is given a socket has the same one, of the same kind, and can use it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    child = worker(socket=theirs)
    theirs.close()
    child.call("socket.send", b"dumpling")
    recorder.shows("what arrives from the child", ours.recv(100), expected=b"dumpling")
    ours.send(b"a message")
    recorder.shows("what arrives in the child", child.call("socket.recv", 2), expected=b"a ")
    ours.send(b"another")
    recorder.shows("the next packet in the child", child.call("socket.recv", 100), expected=b"another")


@needs("Value", "Array")
@source("https://docs.python.org/3/library/multiprocessing.html#shared-ctypes-objects")
def test_values_and_arrays_are_shared(mp: Any, worker: MakeWorker) -> None:
    """Other processes read what one process writes to a shared value or array, whatever its type."""
    value, array, text = mp.Value("i", 1), mp.Array("d", [1.5, 2.5]), mp.Array("c", b"abc")
    zeros, typed = mp.Array("l", 5), mp.Value(ctypes.c_short, lock=False)
    raw, raws = mp.RawValue("b", -1), mp.RawArray(ctypes.c_long, range(3))
    change = partial(payloads.change_shared, value, array, text, zeros, typed, raw, raws)
    first = (1, [1.5, 2.5], b"abc", [0] * 5, 0, -1, [0, 1, 2])
    child, other = worker(change=change), worker(change=change)
    recorder.shows("what a child finds, before it changes all", child.call("change"), expected=first)
    second = (2, [1.5, 3.5], b"xbc", [0, 0, 0, 0, 1], 1, 0, [0, 1, 3])
    recorder.shows("what another child finds", other.call("change"), expected=second)
    seen = value.value, array[:], text.value, zeros[4], typed.value, raw.value, raws[2], len(zeros)
    caller.shows("what the starter finds", seen, expected=(3, [1.5, 4.5], b"xbc", 2, 2, 1, 4, 5))
    with refuses(IndexError):
        array[2]


@needs("Value", "Array", "Lock", "RLock")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Value")
def test_lock_of_a_value_excludes(mp: Any, worker: MakeWorker) -> None:
    """While a process holds the lock of a shared value or array, no other process can acquire it or look inside."""
    lock = mp.RLock()
    for shared in mp.Value("i"), mp.Array("i", 1), mp.Value("i", lock=lock):
        child = worker(acquire=partial(payloads.acquire_lock_of, shared), look=partial(payloads.look_at, shared))
        with shared.get_lock():
            caller.shows("whether a child can acquire the lock", child.call("acquire"), expected=False)
            child.begin("look")
            kernel.shows("whether a child that looks is blocked", child.blocks(), expected=True)
        recorder.shows("what the child finds after that", child.result(), expected=0)
        caller.shows("whether it can acquire the lock then", child.call("acquire"), expected=True)
    caller.shows("whether the given lock is used", lock.acquire(False), expected=False)
    for unlocked in mp.Value("i", lock=False), mp.Array("i", 1, lock=False):
        with refuses(AttributeError):
            unlocked.get_lock()
    with refuses(AttributeError):
        mp.Value("i", lock=42)


@where(fresh_memory)
@needs("set_executable")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_executable")
def test_interpreter_can_be_chosen(mp: Any, folder: Path, log: Recorder) -> None:
    """After `set_executable`, children, or the fork server that forks them, run the program that it names."""
    chosen = interpreter(folder / "python")
    for path in str(chosen), os.fsencode(chosen):
        mp.set_executable(path)
    is_used(chosen, mp, log)


@where(fresh_memory)
@needs("set_executable")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_executable")
def test_interpreter_can_be_a_path_object(mp: Any, folder: Path, log: Recorder) -> None:
    """`set_executable` takes a path object, too."""
    chosen = interpreter(folder / "python")
    mp.set_executable(chosen)
    is_used(chosen, mp, log)


def is_used(chosen: Path, mp: Any, log: Recorder) -> None:
    """State that a child runs, and that the *chosen* program was run for it."""
    child = mp.Process(target=log, args=("ran",))
    child.start()
    child.join()
    recorder.shows("the number of times that the child's task ran", len(log.events("ran")), expected=1)
    kernel.shows("the file that the chosen program makes", chosen.with_suffix(".ran").exists(), expected=True)
    caller.shows("the exit code of the child", child.exitcode, expected=0)


@where(inherits_memory)
@needs("set_executable")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_executable", observed=True)
def test_fork_needs_no_interpreter(mp: Any, lesson: Lesson, folder: Path, log: Recorder) -> None:
    """A child that begins with its starter's memory runs though `set_executable` names a missing program."""
    mp.set_executable(str(folder / "missing"))
    lesson.run_in_child(mp, partial(log, "ran"))
    recorder.shows("the number of times that the child's task ran", len(log.events("ran")), expected=1)


@where(inherits_memory)
@source("https://github.com/python/cpython/pull/106464")
def test_fork_needs_no_known_interpreter(lesson: Lesson, mp: Any, log: Recorder) -> None:
    """A child that begins with its starter's memory runs though `sys.executable` of its starter is None."""
    vars(sys)["executable"] = None  # as where Python is embedded in another program
    lesson.run_in_child(mp, partial(log, "ran"))
    recorder.shows("the number of times that the child's task ran", len(log.events("ran")), expected=1)


def interpreter(file: Path) -> Path:
    """Write a program that makes another file, ``.ran``, and then becomes this interpreter."""
    script = f'#!/bin/sh\ntouch {shlex.quote(str(file))}.ran\nexec {shlex.quote(sys.executable)} "$@"\n'
    file.write_text(script, encoding="utf-8")
    file.chmod(0o755)
    return file


@where(fresh_memory)
@needs("set_executable")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.set_executable", observed=True)
def test_start_that_fails_leaves_no_file(mp: Any, folder: Path) -> None:
    """If the program to run children with does not exist, the start or the child fails, and no file is left open."""
    mp.set_executable(str(folder / "nosuch"))
    seen = []
    for _ in range(3):
        child = mp.Process(target=len, args=("",))
        with suppress(OSError, EOFError):  # if the fork server cannot start; otherwise the child ends at once
            child.start()
            child.join()
            caller.shows("whether the exit code is other than 0", child.exitcode != 0, expected=True)
            child.close()
        seen.append(holdings()[:3])
    kernel.shows("the numbers of open files, threads and children after each start", seen, expected=[seen[0]] * 3)
    caller.shows("the active children", mp.active_children(), expected=[])
