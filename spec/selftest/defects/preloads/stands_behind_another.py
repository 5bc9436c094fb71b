"""The fork server is a child of the process that the starter takes for the fork server."""

from __future__ import annotations

import os

from spec.selftest.defects.preloads import in_a_server

if in_a_server():
    server = os.fork()
    if server:
        os.waitpid(server, 0)
        os._exit(0)
