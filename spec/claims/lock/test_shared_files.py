"""Files that several processes use, and a lock that keeps their lines whole."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from impl.contract import Multiprocessing
from spec.claims.lock import payloads
from spec.engine.fixtures import MakeCheckpoint, MakeWorker
from spec.engine.marks import managed_too, needs, source
from spec.harness.witness import kernel

pytestmark = [needs("Process", "Lock"), managed_too]


@source("https://man7.org/linux/man-pages/man2/write.2.html")
def test_processes_share_files(folder: Path, worker: MakeWorker) -> None:
    """Every process can read what another process writes to a file."""
    writer, reader = worker(write=Path.write_text), worker(read=Path.read_text)
    writer.call("write", folder / "note", "hello")
    kernel.shows("the text that another child reads", reader.call("read", folder / "note"), expected="hello")
    kernel.shows("the text that the starter reads", (folder / "note").read_text(encoding="utf-8"), expected="hello")


@source("https://docs.python.org/3/library/multiprocessing.html#synchronization-between-processes")
def test_lines_written_under_it_stay_whole(
    mp: Multiprocessing, folder: Path, checkpoint: MakeCheckpoint, worker: MakeWorker
) -> None:
    """Lines that several processes write to one file in parts do not mix if each is written under a lock."""
    middle, lock, file = checkpoint("in the middle of a line"), mp.Lock(), folder / "terminal"
    first, second = (worker(write=partial(payloads.write_line, lock, middle.pause, file)) for _ in range(2))
    first.begin("write", "aa")
    arrival = middle.next()
    second.begin("write", "bb")
    kernel.shows("whether the second writer is blocked", second.blocks(), expected=True)
    arrival.let_go()
    middle.next().let_go()
    first.result(), second.result()
    kernel.shows("the lines in the file", file.read_text(encoding="utf-8").splitlines(), expected=["aa", "bb"])
