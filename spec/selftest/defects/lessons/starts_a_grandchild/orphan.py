"""Orphan, with the fault that the package names."""

import os

__all__ = ["main"]


def main(mp, task, pause):
    mp.Process(target=start, args=(mp, task)).start()
    pause()
    os._exit(0)


def start(mp, task):
    mp.Process(target=task).start()
