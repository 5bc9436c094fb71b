"""A main module that makes a lock each time that it runs, and starts a child: see `spec.claims.lock`."""

from __future__ import annotations

import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder

if __name__ in ("__main__", "__mp_main__"):  # a tool that imports every module does not run this one
    mp = load(sys.argv[1])
    lock = mp.Lock()


def acquire(log: Recorder) -> None:
    """Record whether the lock of this process is free, and acquire it."""
    log("free", lock.acquire(False))


if __name__ == "__main__":
    recorder = Recorder(Path(sys.argv[2]))
    acquire(recorder)
    child = mp.Process(target=acquire, args=(recorder,))
    child.start()
    child.join()
