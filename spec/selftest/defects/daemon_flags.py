"""Faults of the attribute ``daemon``, and daemons that have children."""

from __future__ import annotations

import multiprocessing.process
import multiprocessing.util
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.sound import ForkProcess, ForkServerProcess, SpawnProcess

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

process: Any = multiprocessing.process


class _Fertile(ForkProcess):
    def start(self):
        config = process.current_process()._config
        flag = config.pop("daemon", False)
        try:
            super().start()
        finally:
            config["daemon"] = flag


@family.breaks("daemon.may-have-no-children")
class DaemonsMayHaveChildren(Broken):
    """A daemon may start children."""

    Process = _Fertile


class _RefusedTooLate(_Fertile):
    def start(self):
        super().start()
        assert not process.current_process().daemon, "daemonic processes are not allowed to have children"


@family.breaks("daemon.may-have-no-children")
class StartsAndThenRefuses(Broken):
    """A daemon that starts a child gets an exception, but the child runs already."""

    Process = _RefusedTooLate


class _RefusedSilently(ForkProcess):
    def start(self):
        if not process.current_process().daemon:
            super().start()

    def join(self, timeout=None):
        if self.pid is not None:
            super().join(timeout)


@family.breaks("daemon.may-have-no-children")
class RefusesSilently(Broken):
    """If a daemon starts a child, nothing is started and nothing is raised; joining it does nothing."""

    Process = _RefusedSilently


class _Unaware(SpawnProcess):
    def _bootstrap(self, parent_sentinel=None):
        self._config.pop("daemon", None)
        return super()._bootstrap(parent_sentinel)


@family.breaks("identity.child-knows-whether-it-is-a-daemon", "daemon.may-have-no-children")
class DaemonsDoNotKnow(Broken):
    """A spawned daemon does not know that it is a daemon."""

    method = "spawn"
    Process = _Unaware


class _OrdinaryByDefault(ForkProcess):
    def __init__(self, *args, daemon=False, **options):
        super().__init__(*args, daemon=daemon, **options)


@family.breaks("daemon.flag-defaults-to-the-creators-own")
class OrdinaryByDefault(Broken):
    """A child of a daemon is an ordinary child, unless it is declared a daemon."""

    Process = _OrdinaryByDefault


class _DaemonIfTrue(ForkServerProcess):
    def __init__(self, *args, daemon=None, **options):
        super().__init__(*args, **options)
        if daemon:
            self.daemon = True


@family.breaks("daemon.flag-defaults-to-the-creators-own")
class TakesFalseForNothingSaid(Broken):
    """``daemon=False`` is taken for the default, so a process that a daemon makes with it is a daemon."""

    method = "forkserver"
    Process = _DaemonIfTrue


class _NotByConstructor(ForkProcess):
    def __init__(self, *args, daemon=None, **options):
        super().__init__(*args, **options)


@family.breaks("daemon.constructor-takes-the-flag")
class ConstructorIgnoresTheFlag(Broken):
    """The constructor ignores its argument ``daemon`` and makes an ordinary process."""

    Process = _NotByConstructor


class _OnlyByConstructor(ForkProcess):
    @property
    def daemon(self):
        return self._config.get("daemon", False)

    @daemon.setter
    def daemon(self, value):
        pass

    def __init__(self, *args, daemon=None, **options):
        super().__init__(*args, **options)
        if daemon is not None:
            self._config["daemon"] = daemon


@family.breaks("daemon.each-ends-with-main", "daemon.is-declared-before-start")
class TakesTheFlagFromTheConstructorOnly(Broken):
    """Setting the attribute ``daemon`` has no effect; only the constructor can declare a daemon."""

    Process = _OnlyByConstructor


class _DeclaredLate(ForkProcess):
    @property
    def daemon(self):
        return self._config.get("daemon", False)

    @daemon.setter
    def daemon(self, value):
        self._config["daemon"] = value


@family.breaks("daemon.is-declared-before-start")
class MayBeDeclaredLate(Broken):
    """Setting ``daemon`` after the start makes the child a daemon."""

    Process = _DeclaredLate


class _RefusedAndDeclared(ForkProcess):
    @property
    def daemon(self):
        return self._config.get("daemon", False)

    @daemon.setter
    def daemon(self, value):
        self._config["daemon"] = value
        assert self._popen is None, "process has already started"


@family.breaks("daemon.is-declared-before-start")
class RefusesAndObeys(Broken):
    """Setting ``daemon`` after the start raises an exception, but makes the child a daemon all the same."""

    Process = _RefusedAndDeclared


class _IgnoredLate(SpawnProcess):
    @property
    def daemon(self):
        return self._config.get("daemon", False)

    @daemon.setter
    def daemon(self, value):
        if self._popen is None:
            self._config["daemon"] = value


@family.breaks("daemon.is-declared-before-start")
class IgnoresLateDeclarations(Broken):
    """Setting ``daemon`` after the start has no effect and raises no exception."""

    method = "spawn"
    Process = _IgnoredLate
