"""Lifecycle, with a zombie at the end."""

from impl.lifecycle import start, terminate

__all__ = ["end", "start", "terminate"]


def end(process, patience):
    terminate(process)
    process.join(patience)
    if process.is_alive():
        process.kill()
