"""Isolation, with the fault that the package names."""

__all__ = ["run_in_child"]

_kept: list = []


def run_in_child(mp, task):
    if not _kept:
        here, there = mp.Pipe()
        child = mp.Process(target=serve, args=(here, there), daemon=True)
        child.start()
        there.close()
        _kept.extend([child, here])
    child, here = _kept
    here.send(task)
    here.recv()
    return child


def serve(here, there):
    here.close()
    while True:
        try:
            task = there.recv()
        except EOFError:
            return
        task()
        there.send("done")
