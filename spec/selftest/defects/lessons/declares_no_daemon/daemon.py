"""Daemon, with the fault that the package names."""

__all__ = ["main", "start_daemon"]


def start_daemon(mp, task):
    child = mp.Process(target=task)
    child.start()
    return child


def main(mp, daemon_task, ordinary_task, pause):
    start_daemon(mp, daemon_task)
    mp.Process(target=ordinary_task).start()
    pause()
