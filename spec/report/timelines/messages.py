"""Which process has sent a message to which, as far as that follows from what the kernel shows.

The kernel does not tell what goes through a pipe or a socket.  But if a thread waits to read from one, that one is
empty.  If the thread has read something by the next look, somebody has written it in between: a process that had the
other end open, and that has written something since the last look.  If there is exactly one, it is the sender.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from spec.harness.blockers import OpenFiles, files_to_read
from spec.harness.process_table import bytes_read, bytes_written, thread_count
from spec.harness.waits import BlockingCall
from spec.report.timelines.timeline import Message


@dataclass
class WaitingReader:
    """A thread that waits to read from pipes or sockets.

    Attributes:
        pid: its process.
        thread: its number.
        call: the system call in which it waits.
        ends: the other ends of these pipes and sockets.
        writers: the processes that have had one of these ends open since the wait began.
        alone: whether it was the only thread of its process when the wait was seen first.
        read: how many bytes it had read when it was seen to wait.
        written: how many bytes each process had written just before.
    """

    pid: int
    thread: int
    call: BlockingCall
    ends: Sequence[str]
    writers: set[int]
    alone: bool
    read: int
    written: Mapping[int, int]

    def may_have_seen_the_end(self, files: OpenFiles) -> bool:
        """Return whether one of the pipes and sockets may be at its end, which ends the wait too.

        It is not while a process has the other end open: one that has it open now, or this process, whose only thread
        cannot close it while it waits.
        """
        own = self.alone and self.pid in self.writers
        return not own and not all(files.writers(end) for end in self.ends)

    def written_by(self, pids: Collection[int]) -> dict[int, Optional[int]]:
        """Return those of *pids* that have written something since, and how many bytes; None if they are gone."""
        sent: dict[int, Optional[int]] = {}
        for pid in pids:
            written = bytes_written(pid)
            amount = None if written is None else written - self.written.get(pid, 0)
            if amount != 0 and not (self.alone and pid == self.pid):
                sent[pid] = amount
        return sent


def written_so_far(pids: Iterable[int]) -> dict[int, int]:
    """Return how many bytes each of *pids* has written, without those that are gone or may not be asked."""
    amounts = ((pid, bytes_written(pid)) for pid in pids)
    return {pid: amount for pid, amount in amounts if amount is not None}


class MessageFinder:
    """Finds messages between the processes that are looked at.

    Attributes:
        messages: those that were found, in order.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._readers: dict[int, WaitingReader] = {}
        self._seen: set[int] = set()
        self._ends: dict[str, str] = {}

    def look(self, time: float, calls: Mapping[int, Mapping[int, BlockingCall]], written: Mapping[int, int]) -> None:
        """Compare what the processes do now with the last look.

        Args:
            time: the time of this look.
            calls: the processes that have not exited, and the system calls in which their threads wait, by thread.
            written: how many bytes each process had written before the calls were looked up.
        """
        files = OpenFiles(calls)
        started, self._seen = written.keys() - self._seen, {*written}
        waiting = {thread: (pid, call) for pid, threads in calls.items() for thread, call in threads.items()}
        for thread, reader in [*self._readers.items()]:
            call = waiting.get(thread, (0, None))[1]
            read = bytes_read(reader.pid, thread)
            if read is not None and read > reader.read:
                self._add_message(time, reader, read - reader.read, files)
            elif read is not None and call in (None, reader.call):  # it may be about to read, if it does not wait
                if call is not None:
                    reader.written = written
                if started:
                    reader.writers.update(pid for end in reader.ends for pid in files.writers(end))
                continue
            del self._readers[thread]
        for thread, (pid, call) in waiting.items():
            if thread not in self._readers:
                self._add_reader(thread, pid, call, written, files)

    def _add_reader(
        self, thread: int, pid: int, call: BlockingCall, written: Mapping[int, int], files: OpenFiles
    ) -> None:
        ends = files_to_read(pid, call, self._ends)
        read = bytes_read(pid, thread) if ends else None
        if read is not None:
            writers = {writer for end in ends for writer in files.writers(end)}
            self._readers[thread] = WaitingReader(
                pid, thread, call, ends, writers, thread_count(pid) == 1, read, written
            )

    def _add_message(self, time: float, reader: WaitingReader, amount: int, files: OpenFiles) -> None:
        """Add a message to *reader*, which has read this *amount* of bytes, if it is known who has sent it."""
        holders = {pid for end in reader.ends for pid in files.writers(end)}
        started = self._seen - reader.written.keys()
        sent = reader.written_by(reader.writers | holders | started)
        certain = len(sent) == 1 and not reader.may_have_seen_the_end(files)
        if len(sent) > 1:
            sent = {pid: wrote for pid, wrote in sent.items() if wrote == amount}
        if len(sent) == 1 and reader.pid not in sent:
            [sender] = sent
            self.messages.append(Message(time, sender, reader.pid, certain))
