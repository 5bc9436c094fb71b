"""Orphan, with the fault that the package names."""

import os

__all__ = ["main"]


def main(mp, task, pause):
    child = mp.Process(target=task)
    child.start()
    pause()
    child.kill()
    os._exit(0)
