"""Pipes that processes wait for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Optional

    from impl.contract import Connection, MakesProcesses, Wait


def numbers_ready(wait: Wait, objects: Sequence[Any], timeout: Optional[float] = None) -> list[int]:
    """Wait for the *objects*, and return the numbers of those that are ready, in order."""
    return sorted(objects.index(ready) for ready in wait(objects, timeout))


class Desk:
    """Some pipes, and the function that waits for them; processes to which it is passed have the same pipes.

    Args:
        wait: the function `wait` of the API.
        pipes: for each pipe, the end that receives and the end that sends.
    """

    def __init__(self, wait: Wait, pipes: Sequence[tuple[Connection, Connection]]) -> None:
        self._wait, self._pipes = wait, pipes

    def ready(self, timeout: Optional[float] = None) -> list[int]:
        """Return the numbers of the pipes from which something can be received, in order."""
        return numbers_ready(self._wait, [receiver for receiver, _ in self._pipes], timeout)

    def send(self, number: int) -> None:
        """Send a message through the pipe with this *number*."""
        self._pipes[number][1].send("a message")

    def receive(self, number: int) -> Any:
        """Receive a message from the pipe with this *number*."""
        return self._pipes[number][0].recv()


def child_is_ready(make: MakesProcesses, wait: Wait) -> bool:
    """Start a child, wait for its sentinel, and return whether that is what is ready."""
    child = make(target=bool)
    child.start()
    ready = wait([child.sentinel])
    child.join()
    return ready == [child.sentinel]
