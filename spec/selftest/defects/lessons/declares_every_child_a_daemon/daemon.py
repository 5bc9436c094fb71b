"""Daemon, with the fault that the package names."""

from impl.daemon import start_daemon

__all__ = ["main", "start_daemon"]


def main(mp, daemon_task, ordinary_task, pause):
    start_daemon(mp, daemon_task)
    start_daemon(mp, ordinary_task)
    pause()
