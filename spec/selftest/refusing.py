"""Run a program for which the kernel refuses a system call, as the seccomp filter of a container does.

``python refusing.py NUMBER PROGRAM [ARGUMENT...]``; see `seccomp(2)
<https://man7.org/linux/man-pages/man2/seccomp.2.html>`_.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

from spec.harness.system_calls import call_libc

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _PR_SET_NO_NEW_PRIVS = 22, 2, 38

_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL_WITH_EPERM = 0x7FFF_0000, 0x0005_0001


def refuse(number: int) -> None:
    """Let the system call with this *number* fail with EPERM in this process and in those that it starts.

    Raises:
        OSError: the kernel has no filters.
    """
    steps = [
        (_LOAD, 0, 0, 0),
        (_JUMP_IF_EQUAL, 0, 1, number),
        (_RETURN, 0, 0, _FAIL_WITH_EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    call_libc("prctl", _PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), *[ctypes.c_ulong(0)] * 3)
    call_libc("prctl", _PR_SET_SECCOMP, ctypes.c_ulong(_SECCOMP_MODE_FILTER), program)


if __name__ == "__main__":
    refuse(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])
