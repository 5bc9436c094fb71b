"""Make the calling process adopt the orphans among its descendants.

See PR_SET_CHILD_SUBREAPER in `prctl(2) <https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html>`_.
"""

from __future__ import annotations

import ctypes

from spec.harness.system_calls import call_libc

_PR_SET_CHILD_SUBREAPER = 36
_PR_GET_CHILD_SUBREAPER = 37


def become_subreaper(on: bool = True) -> None:
    """Let this process adopt the orphans among its descendants from now on, or no longer if *on* is false.

    A fork of this process does not inherit the setting.

    Raises:
        OSError: the kernel refused.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(on))


def is_subreaper() -> bool:
    """Return whether the calling process adopts the orphans among its descendants."""
    answer = ctypes.c_int()
    _prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer))
    return bool(answer.value)


def _prctl(option: int, argument: object) -> None:
    none = ctypes.c_ulong(0)
    call_libc("prctl", option, argument, none, none, none)
