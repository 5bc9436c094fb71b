"""Identity, where all have default names."""

from impl import identity


def start(mp, task, *, name=None):
    del name
    return identity.start(mp, task)
