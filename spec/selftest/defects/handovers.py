"""Children that get wrong or incomplete data from their starter."""

from __future__ import annotations

import os
import sys
from multiprocessing import popen_forkserver, popen_spawn_posix, process, spawn
from unittest import mock

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


def preparing(change):
    """Return a method that starts a child as usual, after *change* was called with the data for the child."""
    prepare = spawn.get_preparation_data

    def changed(name):
        data = prepare(name)
        change(data)
        return data

    return mock.patch.object(spawn, "get_preparation_data", changed)


def _without_main(data):
    if process.parent_process() is not None:
        data.pop("init_main_from_name", None)
        data.pop("init_main_from_path", None)


class _ForgetsMain(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(_without_main):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.functions-of-main-run-in-a-childs-child")
class ForgetsMainInTheChild(Broken):
    """A child does not tell its own children what the main module is."""

    method = "spawn"
    Process = _ForgetsMain


class _WhereTheForkServerIs(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        with preparing(lambda data: data.pop("dir", None)):
            return popen_forkserver.Popen(child)


@family.breaks("isolation.child-begins-where-its-starter-is")
class BeginsWhereTheForkServerIs(Broken):
    """A child begins in the folder that its starter was in when the fork server was started."""

    method = "forkserver"
    Process = _WhereTheForkServerIs


def _by_path(data):
    if data.pop("init_main_from_name", None):
        data["init_main_from_path"] = sys.modules["__main__"].__file__


class _RunsMainByPath(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with preparing(_by_path):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.main-of-a-package-is-so-in-the-child")
class RunsMainByItsPath(Broken):
    """A child runs the main module by its path, as a file that belongs to no package."""

    method = "spawn"
    Process = _RunsMainByPath


def _open_for_what_fits(fd, *_, **__):
    os.set_blocking(fd, False)
    return open(fd, "wb", 0, closefd=False)


class _GivenWhatFits(SpawnProcess):
    @staticmethod
    def _Popen(child):
        with mock.patch.object(popen_spawn_posix, "open", _open_for_what_fits, create=True):
            return popen_spawn_posix.Popen(child)


@family.breaks("isolation.large-arguments-arrive")
class ArgumentsMustFitThePipe(Broken):
    """A child receives only as much of its arguments as fits into the pipe at once."""

    method = "spawn"
    Process = _GivenWhatFits


get_command_line = spawn.get_command_line


class _EndsWell(SpawnProcess):
    @staticmethod
    def _Popen(child):
        def forgiving(**named):
            *python, _, code, flag = get_command_line(**named)
            code = f"import traceback\ntry:\n    {code}\nexcept Exception:\n    traceback.print_exc()"
            return [*python, "-c", code, flag]

        with mock.patch.object(spawn, "get_command_line", forgiving):
            return popen_spawn_posix.Popen(child)


@family.breaks("lifecycle.exit-code-of-a-child-that-cannot-begin")
class CannotBeginAndSucceeds(Broken):
    """A child that cannot unpickle its arguments prints the traceback and has exit code 0."""

    method = "spawn"
    Process = _EndsWell
