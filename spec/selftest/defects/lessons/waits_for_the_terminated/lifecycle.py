"""Lifecycle, where a request is waited for."""

from impl.lifecycle import end, start

__all__ = ["end", "start", "terminate"]


def terminate(process):
    process.terminate()
    process.join()
