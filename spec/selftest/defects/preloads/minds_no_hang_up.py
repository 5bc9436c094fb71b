"""The fork server takes a client that hangs up, in whatever way, for one that has not come."""

from __future__ import annotations

import errno
from multiprocessing import connection, reduction
from typing import Any, Callable

from spec.selftest.defects.preloads import in_a_server


def _minding_no_hang_up(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a *function* that raises, where a client has hung up, the error after which the server goes on."""

    def tried(*args: Any) -> Any:
        try:
            return function(*args)
        except (EOFError, ConnectionError) as error:
            raise OSError(errno.ECONNABORTED, "the client has hung up") from error

    return tried


if in_a_server():
    for module, name in (
        (reduction, "recvfds"),
        (connection, "answer_challenge"),  # since Python 3.14
        (connection, "deliver_challenge"),
    ):
        vars(module)[name] = _minding_no_hang_up(vars(module)[name])
