"""A main module whose functions run in a child and in the child's child."""

from __future__ import annotations

import sys
from pathlib import Path

from impl.api import load
from spec.harness.recorder import Recorder


def work(api: str, log: Recorder, generations: int) -> None:
    """Record that this function runs, and if *generations* are to come, run it in a child."""
    log("generations to come", generations)
    if generations:
        child = load(api).Process(target=work, args=(api, log, generations - 1))
        child.start()
        child.join()


if __name__ == "__main__":
    work(sys.argv[1], Recorder(Path(sys.argv[2])), 2)
