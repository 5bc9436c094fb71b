"""Start methods that do what another start method should do."""

from __future__ import annotations

import os
import runpy
import sys
import warnings
from multiprocessing import process, spawn

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks("isolation.child-begins-with-the-starters-memory")
class SaysForkAndSpawns(Broken):
    """The start method is called fork, but children are spawned."""

    method = "spawn"

    def get_start_method(self):
        return "fork"


@family.breaks("isolation.child-begins-with-fresh-memory", "isolation.unguarded-main-breaks")
class SaysSpawnAndForks(Broken):
    """The start method is called spawn, but children are forked."""

    def get_start_method(self):
        return "spawn"


@family.breaks(
    "isolation.child-begins-with-fresh-memory",
    "identity.helper-is-the-parent",
    "zombie.starter-still-gets-the-exit-code",
)
class SaysForkserverAndForks(Broken):
    """The start method is called forkserver, but the starter forks children itself."""

    def get_start_method(self):
        return "forkserver"


@family.breaks("identity.starter-is-the-parent")
class SaysForkAndAsksForkServer(Broken):
    """The start method is called fork, but a fork server forks the children."""

    method = "forkserver"

    def get_start_method(self):
        return "fork"


class _RunsMainAgain(ForkProcess):
    def run(self):
        main = sys.modules["__main__"].__spec__
        if main and len(self._identity) == 1:  # its children do not, otherwise this would never end
            runpy.run_module(main.name, run_name="__mp_main__", alter_sys=True)
        super().run()


@family.breaks("isolation.unguarded-main-works")
class RunsMainAgain(Broken):
    """A forked child runs the main module again, as a spawned one does."""

    Process = _RunsMainAgain


class _WithoutMain(SpawnProcess):
    @staticmethod
    def _Popen(child):
        prepare, spawn.get_preparation_data = spawn.get_preparation_data, _leave_out_main
        try:
            return SpawnProcess._Popen(child)
        finally:
            spawn.get_preparation_data = prepare


def _leave_out_main(name, prepare=spawn.get_preparation_data):
    return {key: value for key, value in prepare(name).items() if not key.startswith("init_main")}


@family.breaks("isolation.unguarded-main-breaks", "isolation.main-of-a-package-is-so-in-the-child")
class DoesNotRunMainAgain(Broken):
    """A spawned child does not run the main module again, so what main defines is missing there."""

    method = "spawn"
    Process = _WithoutMain


class _StartedInVain(ForkServerProcess):
    def start(self):
        if not hasattr(process.current_process(), "_inheriting"):
            super().start()

    def join(self, timeout=None):
        if not hasattr(process.current_process(), "_inheriting"):
            super().join(timeout)


@family.breaks("isolation.unguarded-main-breaks")
class StartsNothingWhileMainRunsAgain(Broken):
    """A child that runs the main module again starts no child, and no exception is raised."""

    method = "forkserver"
    Process = _StartedInVain


class _RefusedLate(SpawnProcess):
    def start(self):
        current = process.current_process()
        if hasattr(current, "_inheriting") and "REFUSED" not in os.environ:
            os.environ["REFUSED"] = "from here on"
            del current._inheriting
            try:
                super().start()
            finally:
                current._inheriting = True
        else:
            super().start()


@family.breaks("isolation.unguarded-main-breaks")
class RefusesTheGrandchild(Broken):
    """A child that runs the main module again can start a child, but that child cannot start one."""

    method = "spawn"
    Process = _RefusedLate


class _ForkedIfDaemonic(SpawnProcess):
    @staticmethod
    def _Popen(process_obj):
        return (ForkProcess if process_obj.daemon else SpawnProcess)._Popen(process_obj)


@family.breaks("isolation.child-begins-with-fresh-memory")
class ForksDaemons(Broken):
    """Daemons are forked, while other children are spawned."""

    method = "spawn"
    Process = _ForkedIfDaemonic


class _StartsWithoutAWord(ForkProcess):
    def start(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            super().start()


@family.breaks("isolation.fork-warns-of-threads")
class ForksWithoutAWord(Broken):
    """No warning is given when a process with threads is forked."""

    Process = _StartsWithoutAWord


class _BringsItsEnvironment(ForkServerProcess):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self._environment = dict(os.environ)

    def run(self):
        os.environ.update(self._environment)
        super().run()


@family.breaks("isolation.helper-keeps-its-environment")
class ChildrenOfTheForkServerHaveTheStartersEnvironment(Broken):
    """A child has the environment that its starter had at that moment, not that of the fork server."""

    method = "forkserver"
    Process = _BringsItsEnvironment


@family.breaks("isolation.helper-preloads-modules")
class PreloadsNothing(Broken):
    """The fork server preloads no modules."""

    method = "forkserver"

    def set_forkserver_preload(self, module_names):
        pass
