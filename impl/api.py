"""Find a multiprocessing API by name: ``MODULE``, ``MODULE:CONTEXT``, or either followed by ``:managed``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any, cast

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


EXECUTOR = "ProcessPoolExecutor"
"""The name of a class of executors, of an API or of a package; `concurrent.futures` has one of this name."""


def executor_maker(mp: Multiprocessing) -> MakesExecutors:
    """Return what makes executors whose workers are processes of the API.  It is called without a context.

    It is the first of these that there is:

    - ``ProcessPoolExecutor`` of the API itself;
    - that of the innermost package around the class of its context, as loky has one, for contexts of loky.backend.
      It gets the context as ``mp_context`` or, if it has no such parameter, as ``context``;
    - that of `concurrent.futures`, if the context is one of the standard library's or derived from them.

    Raises:
        NoSuchAPI: there is none.
    """
    import inspect  # here, like concurrent.futures below: children import this module, and need neither

    own = getattr(mp, EXECUTOR, None)
    if own is not None:
        return cast(MakesExecutors, own)
    context: Any = mp
    if isinstance(mp, ModuleType) and hasattr(mp, "get_context"):
        context = mp.get_context()
    for module in _modules_around(context):
        if hasattr(module, EXECUTOR):
            made_by = getattr(module, EXECUTOR)
            parameter = "mp_context" if "mp_context" in inspect.signature(made_by).parameters else "context"
            return cast(MakesExecutors, partial(made_by, **{parameter: context}))
    if isinstance(context, BaseContext):
        from concurrent.futures import ProcessPoolExecutor

        return cast(MakesExecutors, partial(ProcessPoolExecutor, mp_context=context))
    raise NoSuchAPI(f"it has no {EXECUTOR}")


def _modules_around(context: object) -> Iterator[ModuleType]:
    """Yield the module that *context* is, or that has its class, and then the packages around it."""
    parts = (context.__name__ if isinstance(context, ModuleType) else type(context).__module__).split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    yield from (sys.modules[name] for name in names if name in sys.modules)
