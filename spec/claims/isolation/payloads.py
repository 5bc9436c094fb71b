"""Payloads that change memory, and record what they see in it."""

from __future__ import annotations

import importlib
import os
import sys

from spec.claims.shared.long_paths import put_temporary_files_far_away

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

    from impl.contract import Multiprocessing, Pause
    from spec.harness.recorder import Recorder


number = 100
numbers = [100]
imported_by = os.getpid()


def rebind(log: Recorder, value: int) -> None:
    """Rebind the global to *value*, and record its value."""
    global number
    number = value
    log("number", number)


def change_in_place(log: Recorder, value: int) -> None:
    """Add *value* to the global list, and record the list."""
    numbers.append(value)
    log("numbers", numbers)


def count_arguments(log: Recorder) -> None:
    """Record how many arguments the command line has."""
    log("arguments", len(sys.argv))


def look(log: Recorder) -> None:
    """Record the globals, and change nothing."""
    log("number", number)
    log("numbers", numbers)
    log("imported by", imported_by)


def append(log: Recorder, argument: list[int]) -> None:
    """Add an item to *argument*, and record it."""
    argument.append(3)
    log("argument", argument)


def append_to_both(log: Recorder, positional: list[int], named: Optional[list[int]] = None) -> None:
    """Add an item to each argument that was given, and record both."""
    positional.append(3)
    if named is not None:
        named.append(3)
    log("arguments", [positional, named])


def tell_environment(log: Recorder, name: str) -> None:
    """Record the value of an environment variable."""
    log("environment", os.environ.get(name))


def tell_module(log: Recorder, name: str) -> None:
    """Record whether a module is imported."""
    log("module", name in sys.modules)


def preload_and_start(mp: Any, folder: str, module: str) -> None:
    """A program: have the fork server preload a *module* of the *folder*, and start two children that print."""
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, os.environ["PYTHONPATH"]])  # older ones ignore sys.path
    sys.path.append(folder)
    mp.set_forkserver_preload([module])
    for _ in range(2):
        child = mp.Process(target=print, args=("child",))
        child.start()
        child.join()


def change_surroundings(folder: str) -> None:
    """Change the working directory, the umask, the environment and the niceness of this process."""
    os.chdir(folder)
    os.umask(0o27)
    os.environ["MULTIPROCESSING_SPEC"] = "the child's"
    os.nice(1)


class Basket:
    """Things, in order."""

    def __init__(self, things: list[str]) -> None:
        self._things = things

    def add(self, thing: str) -> list[str]:
        """Return all things, and one more."""
        return [*self._things, thing]


def change_shared(
    value: Any, array: Any, text: Any, zeros: Any, typed: Any, raw: Any, raws: Any
) -> tuple[object, ...]:
    """Change each of some values and arrays in shared memory, and return what they were before."""
    found = value.value, array[:], text.value, zeros[:], typed.value, raw.value, raws[:]
    value.value += 1
    array[1] += 1
    text[0:1] = b"x"
    zeros[4] += 1
    typed.value += 1
    raw.value += 1
    raws[2] += 1
    return found


def acquire_lock_of(shared: Any) -> bool:
    """Return whether the lock of a shared value or array can be acquired at once, and keep it then."""
    return bool(shared.get_lock().acquire(False))


def look_at(shared: Any) -> object:
    """Return a shared value, or the first item of a shared array."""
    return shared.value if hasattr(shared, "value") else shared[0]


def set_start_methods(_mp: object, module: str, log: Recorder) -> None:
    """A program: set the start method of a *module* again and again, and record which one that leads to, if any."""
    default = importlib.import_module(module)
    log("methods", list(default.get_all_start_methods()))

    def attempt(method: Optional[str], **options: bool) -> None:
        try:
            default.set_start_method(method, **options)
        except (RuntimeError, ValueError) as error:
            log("method", type(error).__name__)

    log("method", default.get_start_method(allow_none=True))
    attempt("spawn")
    log("method", default.get_start_method())
    attempt("fork")
    log("method", default.get_start_method())
    attempt("fork", force=True)
    log("method", default.get_start_method())
    attempt(None, force=True)
    log("method", default.get_start_method(allow_none=True))
    log("method", default.get_start_method())
    attempt("spawn")
    attempt("nosuch", force=True)


def set_and_tell_start_method(_mp: object, module: str, method: str, log: Recorder) -> None:
    """A program: set the start *method* of a *module*, and record which one a child has, and which one its child."""
    importlib.import_module(module).set_start_method(method)
    _run_by_default(module, tell_start_method, log, True)


def tell_start_method(module: str, log: Recorder, go_on: bool) -> None:
    """Record the start method of a *module*, and if asked to *go_on*, that in a child too."""
    log("method", importlib.import_module(module).get_start_method())
    if go_on:
        _run_by_default(module, tell_start_method, log, False)


def _run_by_default(module: str, function: Callable[..., object], *args: object) -> None:
    """Call ``function(module, *args)`` in a child of a *module*, of the start method that is set."""
    child = importlib.import_module(module).Process(target=function, args=(module, *args))
    child.start()
    child.join()


def start_with_fork_handlers(mp: Any, log: Recorder) -> None:
    """A program: record each fork of this process while it makes a lock and a queue and starts a child."""
    os.register_at_fork(before=lambda: log("before a fork", os.getpid()))
    child = mp.Process(target=log, args=("task",))
    locks = mp.Lock(), mp.Queue()
    child.start()
    child.join()
    del locks


def start_far_away(mp: Multiprocessing, folder: str, log: Recorder) -> None:
    """A program: put temporary files at a long path inside *folder*, and record ``task`` in a child."""
    put_temporary_files_far_away(folder)
    child = mp.Process(target=log, args=("task",))
    child.start()
    child.join()


def tell_path(log: Recorder, folder: str) -> None:
    """Record whether modules are looked for in a *folder*."""
    log("path", folder in sys.path)


class Telling:
    """A target that is an object, and records that it ran."""

    def __init__(self, log: Recorder) -> None:
        self._log = log

    def __call__(self, _argument: object, named: object = None) -> None:
        """Record ``ran``."""
        self._log("ran", named is not None)


def tell_default(module: str, pause: Pause) -> None:
    """Stop at *pause* with the default start method of a *module*."""
    pause(importlib.import_module(module).get_start_method())


def freeze_and_set_start_method(_mp: Any, module: str, log: Recorder) -> None:
    """A program: call `freeze_support` of a *module*, and record the start method before and after it is set."""
    default = importlib.import_module(module)
    default.freeze_support()
    log("method", default.get_start_method(allow_none=True))
    default.set_start_method("spawn")
    log("method", default.get_start_method())


def use_and_tell_default(mp: Any, module: str, log: Recorder) -> None:
    """A program: start a child; before and after that, record the default start method of a *module*, if any."""
    default = importlib.import_module(module)
    log("default", default.get_start_method(allow_none=True))
    child = mp.Process(target=log, args=("task",))
    child.start()
    child.join()
    log("default", default.get_start_method(allow_none=True))


def run_a_program(log: Recorder) -> None:
    """Run a program that reads its input up to the end; record its exit status and what it has written."""
    import subprocess  # here, so that other children do not import it

    ran = subprocess.run(["sh", "-c", "cat && printf 'end of input'"], stdout=subprocess.PIPE, text=True, check=False)
    log("program", [ran.returncode, ran.stdout])
