"""Lifecycle, where who does not want to end goes on."""

from impl.lifecycle import start, terminate

__all__ = ["end", "start", "terminate"]


def end(process, patience):
    terminate(process)
    process.join(patience)
