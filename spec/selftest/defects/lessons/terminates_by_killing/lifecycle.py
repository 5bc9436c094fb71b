"""Lifecycle, where nothing is asked."""

from impl.lifecycle import end, start

__all__ = ["end", "start", "terminate"]


def terminate(process):
    process.kill()
