"""Isolation, with the fault that the package names."""

from impl.isolation import run_in_child as sound_run_in_child

__all__ = ["run_in_child"]


def run_in_child(mp, task):
    task()
    return sound_run_in_child(mp, int)
