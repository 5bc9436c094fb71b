"""APIs that do not cope with children, or other processes, which do what they rarely do."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import nullcontext
from multiprocessing import forkserver, popen_fork, popen_forkserver, reduction
from typing import Any
from unittest import mock

from spec.harness.process_table import observe_threads
from spec.selftest.defects import own_processes, sound
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

ForkProcess: Any = own_processes.ForkProcess
ForkServerProcess: Any = own_processes.ForkServerProcess
ForkPopen: Any = popen_fork.Popen


def _is_stopped(pid):
    activity = observe_threads(pid)
    return activity is not None and activity.stopped


class _NotWhileStopped(ForkProcess):
    def kill(self):
        if not _is_stopped(self.pid):
            super().kill()


@family.breaks("lifecycle.stopped-child-can-be-ended")
class StoppedChildIsNotKilled(Broken):
    """A child that is stopped is not killed."""

    Process = _NotWhileStopped


class _Continued(Exception):
    pass


class _GivesUpOnceContinued(ForkProcess):
    def join(self, timeout=None):
        if threading.current_thread() is not threading.main_thread():
            return super().join(timeout)

        def give_up(*_):
            raise _Continued

        before = signal.signal(signal.SIGCONT, give_up)
        try:
            super().join(timeout)
        except _Continued:
            pass
        finally:
            signal.signal(signal.SIGCONT, before)


@family.breaks("lifecycle.may-stop-its-starter")
class JoinEndsWithAStop(Broken):
    """A join gives up when its process was stopped and continues."""

    Process = _GivesUpOnceContinued


class _OnlyInItsGroup(ForkProcess):
    def terminate(self):
        if os.getpgid(self.pid) == os.getpgid(0):
            super().terminate()


@family.breaks("lifecycle.may-leave-its-group")
class TerminatesItsGroupOnly(Broken):
    """A child that has left the process group of its starter is not terminated."""

    Process = _OnlyInItsGroup


class _EndsWithAnyThread(ForkProcess):
    def run(self):
        run = threading.Thread.run

        def run_or_exit(thread):
            try:
                run(thread)
            except SystemExit as error:
                os._exit(int(error.code or 0))

        vars(threading)["Thread"].run = run_or_exit
        super().run()


@family.breaks("lifecycle.exit-in-a-thread-ends-the-thread-only")
class ExitInAThreadEndsTheChild(Broken):
    """A child ends when one of its threads calls sys.exit()."""

    Process = _EndsWithAnyThread


@family.breaks("lock.stopped-holder-keeps-it")
class StoppedHolderLosesIt(Broken):
    """A lock whose holder is stopped counts as free."""

    class Lock(sound.Lock):
        @property
        def free(self):
            return not self.holder.value or _is_stopped(self.holder.value)


class _PickledUnderTheLock:
    def __init__(self, item, lock):
        self._item, self._lock = item, lock

    def __reduce__(self):
        with self._lock:
            data = bytes(reduction.ForkingPickler.dumps(self._item))
        return reduction.ForkingPickler.loads, (data,)


@family.breaks("queue.abrupt-exit-disturbs-no-other")
class PicklesUnderTheLock(Broken):
    """A queue pickles items while it holds the lock of its pipe, which a process that leaves abruptly keeps."""

    class Queue(sound.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(_PickledUnderTheLock(obj, self._wlock), block, timeout)


@family.breaks("queue.stopped-reader-loses-nothing")
class StoppedReaderLosesAnItem(Broken):
    """A process that was stopped while it waited in get() drops the item that it gets."""

    class Queue(sound.Queue):
        def get(self, block=True, timeout=None):
            if threading.current_thread() is not threading.main_thread():
                return super().get(block, timeout)
            continued: list[int] = []
            before = signal.signal(signal.SIGCONT, lambda number, _: continued.append(number))
            try:
                item = super().get(block, timeout)
            finally:
                signal.signal(signal.SIGCONT, before)
            return super().get(block, timeout) if continued else item


class _MayNotSignalItsStarter(ForkProcess):
    def run(self):
        starter = os.getppid()

        def listen(event, args):
            if event == "os.kill" and args[0] == starter:
                os.kill(starter, 0) if args[1] == 0 else _end_both(args)

        sys.addaudithook(listen)
        super().run()


def _end_both(args):
    signal.pthread_kill(threading.get_ident(), args[1])


@family.breaks("orphan.may-kill-its-starter")
class SignalForItsStarterReachesIt(Broken):
    """A signal that a child sends to its starter reaches the child itself."""

    Process = _MayNotSignalItsStarter


class _TakesItsStarterAlong(ForkProcess):
    _place: Any

    def start(self):
        self._place, place = os.pipe()
        self._tell = place
        super().start()
        os.close(place)

    def run(self):
        super().run()
        os.write(self._tell, os.getcwd().encode())

    def join(self, timeout=None):
        super().join(timeout)
        if self._place is not None and self._popen.returncode is not None:
            place = os.read(self._place, 4096)
            os.close(self._place)
            self._place = None
            if place:
                os.chdir(place)


@family.breaks("isolation.surroundings-are-the-childs-own")
class FollowsItsChild(Broken):
    """A join changes to the working directory that the child was in at its end."""

    Process = _TakesItsStarterAlong


class _TakesTheUnknownForSuccess(ForkServerProcess):
    @property
    def exitcode(self):
        code = super().exitcode
        return 0 if code == 255 else code


@family.breaks("isolation.join-ends-though-the-helper-was-killed")
class UnknownEndIsSuccess(Broken):
    """A child of which nothing is known, as its fork server was killed, counts as one that has succeeded."""

    method = "forkserver"
    Process = _TakesTheUnknownForSuccess


def _nothing(*_):
    pass


class _AsksForNoKey(ForkServerProcess):
    @staticmethod
    def _Popen(child):
        connection = reduction.__package__ + ".connection"
        with (
            mock.patch(f"{connection}.answer_challenge", _nothing),
            mock.patch(f"{connection}.deliver_challenge", _nothing),
        ):
            return popen_forkserver.Popen(child)


class _Preloading(Broken):
    method = "forkserver"
    preloads: str

    @property
    def Process(self):
        forkserver.set_forkserver_preload([f"spec.selftest.defects.preloads.{self.preloads}"])
        return self.made

    made: Any = ForkServerProcess


@family.breaks("isolation.helper-serves-no-stranger")
class ServesStrangers(_Preloading):
    """The fork server asks its clients for no key, as before Python 3.14."""

    preloads = "asks_for_no_key"
    made = _AsksForNoKey


@family.breaks("isolation.helper-survives-a-stranger")
class DiesOfStrangers(_Preloading):
    """The fork server is ended by a child that cannot begin, or as in Python 3.14, by a client without the key."""

    preloads = "dies_with_a_child"


@family.breaks("isolation.helper-keeps-nothing-of-its-children")
class KeepsFiles(_Preloading):
    """The fork server keeps a file open for each child that it has started."""

    preloads = "leaves_files"


@family.breaks("isolation.helper-preloads-main")
class PreloadsAllButMain(Broken):
    """The fork server preloads what it is told, but not the main module."""

    method = "forkserver"
    Process = ForkServerProcess

    def set_forkserver_preload(self, names):
        self.context.set_forkserver_preload([name for name in names if name != "__main__"])


def _refuse(*_):
    raise ValueError("signal only works in main thread")


class _OnlyMainHandlesSignals(ForkProcess):
    def start(self):
        self.has_handlers = threading.current_thread() is threading.main_thread()
        super().start()

    def run(self):
        with nullcontext() if self.has_handlers else mock.patch.object(signal, "signal", _refuse):
            super().run()


@family.breaks("lifecycle.child-of-a-thread-handles-signals")
class ChildOfAThreadHasNoHandlers(Broken):
    """A child that another thread than main's has started cannot set signal handlers."""

    Process = _OnlyMainHandlesSignals
