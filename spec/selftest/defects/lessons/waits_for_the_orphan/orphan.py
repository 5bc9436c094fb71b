"""Orphan, with the fault that the package names."""

__all__ = ["main"]


def main(mp, task, pause):
    mp.Process(target=task).start()
    pause()
