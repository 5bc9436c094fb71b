"""Daemon, with the fault that the package names."""

import os

from impl.daemon import main as sound_main
from impl.daemon import start_daemon

__all__ = ["main", "start_daemon"]


def main(mp, daemon_task, ordinary_task, pause):
    sound_main(mp, daemon_task, ordinary_task, pause)
    os._exit(0)
