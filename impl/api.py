"""Find a multiprocessing API by name: ``MODULE``, ``MODULE:CONTEXT``, or either followed by ``:managed``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any, Callable, Optional, cast

from impl.contract import MakesExecutors, Multiprocessing
from impl.managed import SUFFIX, Managed, is_managed


class NoSuchAPI(LookupError):
    """There is no multiprocessing API with the given name.  The message is one line for the user."""


def contexts(module: ModuleType) -> list[str]:
    """Return the names of the contexts that *module* provides, or an empty list if it has no start methods.

    The order is the module's own.  Python documents that ``get_all_start_methods`` lists the default first.
    """
    return list(module.get_all_start_methods()) if hasattr(module, "get_all_start_methods") else []


def import_api(name: str) -> ModuleType:
    """Import the module *name*, and return it.

    Raises:
        NoSuchAPI: the module cannot be imported.
    """
    if "/" in name or not all(name.split(".")):
        raise NoSuchAPI(f"{name!r} is not the name of a module, which is like 'package.module'")
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise NoSuchAPI(f"no module named {name!r} here; is it installed?") from None
        raise NoSuchAPI(f"importing {name!r} failed: {error}") from error
    except (Exception, SystemExit) as error:
        message = " ".join(str(error).split())
        raise NoSuchAPI(f"importing {name!r} failed: {type(error).__name__}: {message}") from error


def _offer(module: ModuleType) -> str:
    """Return what *module* says of its contexts when it is asked for one that it does not have."""
    try:
        module.get_context("?")
    except Exception as error:
        return f" ({' '.join(str(error).split())})"
    return ""


def _inside(module: ModuleType) -> str:
    """Return a hint at a module inside *module* that has contexts, as loky has them in loky.backend."""
    inside = (value for value in vars(module).values() if isinstance(value, ModuleType))
    names = (one.__name__ for one in inside if hasattr(one, "get_context"))
    found = next((name for name in names if name.startswith(f"{module.__name__}.")), None)
    return f"; {found} has contexts, as in {found}:CONTEXT" if found else ""


def load(name: str) -> Multiprocessing:
    """Return the multiprocessing API called *name*.

    Args:
        name: a module, with or without a context, as in ``multiprocessing``, ``billiard:spawn`` or
            ``multiprocessing.dummy``.  The text after the colon is passed to the module's ``get_context``.  If
            ``:managed`` follows, a manager of that API makes the locks, queues and so on.

    Raises:
        NoSuchAPI: there is no such module or context, it has no ``Process``, or no ``Manager`` for ``:managed``.
    """
    if is_managed(name):
        made_by = load(name.removesuffix(SUFFIX))
        if not hasattr(made_by, "Manager"):
            raise NoSuchAPI(f"{name!r} has no Manager, which would make the objects")
        return cast(Multiprocessing, Managed(made_by, partial(load, name)))
    module_name, colon, context = name.partition(":")
    if not module_name or (colon and not context):
        raise NoSuchAPI(f"{name!r} is not of the form MODULE or MODULE:CONTEXT")
    module = import_api(module_name)
    api: object = module
    if colon:
        if not hasattr(module, "get_context"):
            raise NoSuchAPI(f"{module_name!r} has no contexts; leave out {':' + context!r}")
        try:
            api = module.get_context(context)
        except Exception as error:
            listed = ", ".join(contexts(module))
            offer = f"; its contexts: {listed}" if listed else f": {' '.join(str(error).split())}"
            raise NoSuchAPI(f"{module_name!r} has no context {context!r}{offer}") from None
    if not hasattr(api, "Process") and not colon and hasattr(module, "get_context"):
        raise NoSuchAPI(f"{name!r} has no Process, but contexts: name one, as in {name}:CONTEXT{_offer(module)}")
    if not hasattr(api, "Process"):
        raise NoSuchAPI(f"{name!r} is not a multiprocessing API: it has no Process{_inside(module)}")
    return cast(Multiprocessing, api)


def connection_module(mp: Multiprocessing) -> Any:
    """Return the module with the class of the API's connections, which has ``wait``, ``Listener`` and ``Client`` too.

    For the standard library it is `multiprocessing.connection`.  A context does not have it as an attribute.

    Raises:
        NoSuchAPI: the connections come from a module without ``Listener`` and ``Client``.
    """
    one, another = mp.Pipe()
    with one, another:
        modules = [sys.modules[kind.__module__] for kind in type(one).__mro__]
    for module in modules:
        if hasattr(module, "Listener") and hasattr(module, "Client"):
            return module
    raise NoSuchAPI("its connections come from a module without Listener and Client")


MANAGER = "BaseManager"
"""The name of the class of an API from which its managers are derived."""


def base_manager(mp: Multiprocessing) -> Any:
    """Return the class that the managers of the API are derived from, which has ``register`` and ``connect``.

    It is the attribute ``BaseManager`` of the API, or that of the module ``managers`` beside the `connection_module`.

    Raises:
        NoSuchAPI: there is none.
    """
    own = getattr(mp, MANAGER, None)
    if own is not None:
        return own
    package = connection_module(mp).__name__.rpartition(".")[0]
    try:
        return getattr(importlib.import_module(f"{package}.managers"), MANAGER)
    except (ImportError, AttributeError):
        raise NoSuchAPI(f"it has no {MANAGER}") from None


def pool_class(mp: Multiprocessing) -> Callable[..., Any]:
    """Return the class of the API's pools.

    It is ``Pool`` of the API if that is a class, and otherwise ``Pool`` of the module ``pool`` beside the module with
    the class of the API's context, or with a base class of it.

    Raises:
        NoSuchAPI: there is none.
    """
    if isinstance(mp.Pool, type):
        return mp.Pool
    packages = (kind.__module__.rpartition(".")[0] for kind in type(_context_of(mp)).__mro__)
    for package in filter(None, packages):
        try:
            made_by: Callable[..., Any] = importlib.import_module(f"{package}.pool").Pool
        except (ImportError, AttributeError):
            continue
        return made_by
    raise NoSuchAPI("it has no class of pools")


EXECUTOR = "ProcessPoolExecutor"
"""The name of a class of executors, of an API or of a package; `concurrent.futures` has one of this name."""

REUSABLE = "get_reusable_executor"
"""The name of a function, of an API or of a package, that returns the same executor at each call, such as loky's."""


def executor_maker(mp: Multiprocessing) -> MakesExecutors:
    """Return what makes executors whose workers are processes of the API.  It is called without a context.

    It is the first of these that there is:

    - ``ProcessPoolExecutor`` of the API itself;
    - that of the innermost package around the class of its context; loky has one for contexts of loky.backend.
      It gets the context as ``mp_context`` or, if it has no such parameter, as ``context``;
    - that of `concurrent.futures`, if the context is one of the standard library's or derived from them.

    Raises:
        NoSuchAPI: there is none.
    """
    found = _of_the_package(mp, EXECUTOR)
    if found is not None:
        return cast(MakesExecutors, found)
    context = _context_of(mp)
    if isinstance(context, BaseContext):
        from concurrent.futures import ProcessPoolExecutor  # here, as children import this module, and do not need it

        return cast(MakesExecutors, partial(ProcessPoolExecutor, mp_context=context))
    raise NoSuchAPI(f"it has no {EXECUTOR}")


SHARED_MEMORY = {"SharedMemory": "shared_memory", "ShareableList": "shared_memory", "SharedMemoryManager": "managers"}
"""The names of the classes for shared memory, and the module of a package that each is in."""


def shared_memory_class(mp: Multiprocessing, name: str) -> Any:
    """Return the class of the API for blocks of shared memory, for lists in them, or for managers of both.

    It is the first of these that there is:

    - the attribute *name* of the API itself;
    - that of the module ``shared_memory``, or ``managers``, of the innermost package around the class of the API's
      context, or of the API itself if it is a module without contexts.

    A manager is made with the context as ``ctx``, so that its server is a process of the API.

    Args:
        mp: the multiprocessing API.
        name: one of `SHARED_MEMORY`.

    Raises:
        NoSuchAPI: there is none.
    """
    own = getattr(mp, name, None)
    if own is not None:
        return own
    context = _context_of(mp)
    for around in [context] if isinstance(context, ModuleType) else _modules_around(context):
        with suppress(ImportError):
            found = getattr(importlib.import_module(f"{around.__name__}.{SHARED_MEMORY[name]}"), name, None)
            if found is not None:
                return partial(found, ctx=context) if name == "SharedMemoryManager" else found
    raise NoSuchAPI(f"it has no {name}")


def reusable_maker(mp: Multiprocessing) -> Callable[..., Any]:
    """Return the function that returns the API's reusable executor.  It is called without a context.

    It is ``get_reusable_executor`` of the API itself, or of the innermost package around the class of its context.

    Raises:
        NoSuchAPI: there is none.
    """
    found = _of_the_package(mp, REUSABLE)
    if found is None:
        raise NoSuchAPI(f"it has no {REUSABLE}")
    return found


def _of_the_package(mp: Multiprocessing, name: str) -> Optional[Callable[..., Any]]:
    """Return what is called *name* in the API, or in the innermost package around its context; None if nothing is.

    That of a package gets the context as ``mp_context`` or, if it has no such parameter, as ``context``.
    """
    import inspect  # here, for the same reason as concurrent.futures

    own: Optional[Callable[..., Any]] = getattr(mp, name, None)
    if own is not None:
        return own
    context = _context_of(mp)
    for module in _modules_around(context):
        if hasattr(module, name):
            found = getattr(module, name)
            parameter = "mp_context" if "mp_context" in inspect.signature(found).parameters else "context"
            return partial(found, **{parameter: context})
    return None


def _context_of(mp: Multiprocessing) -> object:
    """Return the context that the API is, or its default one if the API is a module."""
    return mp.get_context() if isinstance(mp, ModuleType) and hasattr(mp, "get_context") else mp


def _modules_around(context: object) -> Iterator[ModuleType]:
    """Yield the module that *context* is, or that has its class, and then the packages around it."""
    parts = (context.__name__ if isinstance(context, ModuleType) else type(context).__module__).split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    yield from (sys.modules[name] for name in names if name in sys.modules)
