"""Lifecycle, where the patience is not waited for."""

from impl.lifecycle import start, terminate

__all__ = ["end", "start", "terminate"]


def end(process, patience):
    terminate(process)
    if patience >= 0 and process.is_alive():
        process.kill()
    process.join()
