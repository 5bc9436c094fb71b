"""Lifecycle, with endless patience."""

from impl.lifecycle import start, terminate

__all__ = ["end", "start", "terminate"]


def end(process, patience):
    del patience
    terminate(process)
    process.join()
