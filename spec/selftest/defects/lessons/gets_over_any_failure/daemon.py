"""Daemon, with the fault that the package names."""

import contextlib

from impl.daemon import main as sound_main
from impl.daemon import start_daemon

__all__ = ["main", "start_daemon"]


def main(mp, daemon_task, ordinary_task, pause):
    with contextlib.suppress(Exception):
        sound_main(mp, daemon_task, ordinary_task, pause)
