"""Children that are daemons and should not be, or the reverse, and daemons that have children."""

from __future__ import annotations

import multiprocessing.process
import multiprocessing.util
from multiprocessing import context
from typing import Any

from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = context.ForkProcess
SpawnProcess: Any = context.SpawnProcess
ForkServerProcess: Any = context.ForkServerProcess
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
    """A daemon is told that it may have no children when the child runs already."""

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
    """A daemon that starts a child is told nothing, and neither is who joins what was not started."""

    Process = _RefusedSilently


class _Unaware(SpawnProcess):
    def _bootstrap(self, parent_sentinel=None):
        self._config.pop("daemon", None)
        return super()._bootstrap(parent_sentinel)


@family.breaks("identity.child-knows-whether-it-is-a-daemon", "daemon.may-have-no-children")
class DaemonsDoNotKnow(Broken):
    """A daemon that is spawned is not told that it is one."""

    method = "spawn"
    Process = _Unaware


class _OrdinaryByDefault(ForkProcess):
    def __init__(self, *args, daemon=False, **options):
        super().__init__(*args, daemon=daemon, **options)


@family.breaks("daemon.flag-defaults-to-the-creators-own")
class OrdinaryByDefault(Broken):
    """What a daemon makes is ordinary, unless declared otherwise."""

    Process = _OrdinaryByDefault


class _DaemonIfTrue(ForkServerProcess):
    def __init__(self, *args, daemon=None, **options):
        super().__init__(*args, **options)
        if daemon:
            self.daemon = True


@family.breaks("daemon.flag-defaults-to-the-creators-own")
class TakesFalseForNothingSaid(Broken):
    """What a daemon makes with ``daemon=False`` is a daemon: false is taken for the default."""

    method = "forkserver"
    Process = _DaemonIfTrue


class _NotByConstructor(ForkProcess):
    def __init__(self, *args, daemon=None, **options):
        super().__init__(*args, **options)


@family.breaks("daemon.constructor-takes-the-flag")
class ConstructorIgnoresTheFlag(Broken):
    """A process is made an ordinary one, whatever flag its constructor is given."""

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
    """A process can be declared a daemon by its constructor only: setting the flag has no effect."""

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
    """A child may be declared a daemon after it was started, and then is one."""

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
    """A child that is declared a daemon after it was started is one, though the declaration is refused."""

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
    """A child that is declared a daemon after it was started stays an ordinary one, and nobody says so."""

    method = "spawn"
    Process = _IgnoredLate
