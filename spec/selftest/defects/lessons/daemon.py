"""Packages whose lesson `impl.daemon` has a fault."""

from __future__ import annotations

import contextlib
import os

from impl import daemon as sound
from spec.selftest.defects.lesson_packages import BrokenLessons

packages = BrokenLessons(__name__)


@packages.breaks("daemon.program-ends-after-its-ordinary-child")
class DeclaresEveryChildADaemon:
    """The program makes both of its children daemons."""

    @staticmethod
    def main(mp, daemon_task, ordinary_task, pause):
        sound.start_daemon(mp, daemon_task)
        sound.start_daemon(mp, ordinary_task)
        pause()


@packages.breaks("daemon.lives-while-a-thread-of-main-does")
class EndsItsDaemonByHand:
    """The program kills its daemon itself, before main's code has ended."""

    @staticmethod
    def main(mp, daemon_task, ordinary_task, pause):
        daemon = sound.start_daemon(mp, daemon_task)
        mp.Process(target=ordinary_task).start()
        pause()
        daemon.kill()


@packages.breaks("daemon.ends-with-a-main-that-fails")
class GetsOverAnyFailure:
    """The program catches every exception of main's code, and so it does not fail."""

    @staticmethod
    def main(mp, daemon_task, ordinary_task, pause):
        with contextlib.suppress(Exception):
            sound.main(mp, daemon_task, ordinary_task, pause)


@packages.breaks("daemon.ends-with-main")
class JoinsItsDaemon:
    """The program joins its daemon, which may never end."""

    @staticmethod
    def main(mp, daemon_task, ordinary_task, pause):
        daemon = sound.start_daemon(mp, daemon_task)
        mp.Process(target=ordinary_task).start()
        pause()
        daemon.join()


@packages.breaks("daemon.ends-with-main")
class LeavesItsDaemon:
    """The program leaves by `os._exit`, so it ends no daemon and waits for no child."""

    @staticmethod
    def main(mp, daemon_task, ordinary_task, pause):
        sound.main(mp, daemon_task, ordinary_task, pause)
        os._exit(0)
