"""Listeners that no client holds up, and clients that no listener without a key holds up."""

from __future__ import annotations

import queue
import threading
from multiprocessing import connection
from typing import Any

from spec.selftest.defects.listening import Listening, end_class
from spec.selftest.defects.remotes import Served, Server


class Listener(connection.Listener):
    """A listener that lets each client prove in a thread that it knows the key, or says that there is none."""

    def __init__(self, address=None, family=None, backlog=1, authkey=None):
        super().__init__(address, family, backlog, authkey)
        self._proved: Any = queue.Queue()
        self._key, self._authkey = authkey, None
        self._running = False

    def accept(self):
        if not self._running:
            self._running = True
            threading.Thread(target=self._accept_all, daemon=True).start()
        found = self._proved.get()
        if isinstance(found, BaseException):
            raise found
        return found

    def _accept_all(self):
        while True:
            try:
                found = super().accept()
            except OSError:
                return
            threading.Thread(target=self._prove, args=(found,), daemon=True).start()

    def _prove(self, found):
        try:
            if self._key is None:
                found.send_bytes(b"no key")
            else:
                connection.deliver_challenge(found, self._key)
                connection.answer_challenge(found, self._key)
        except Exception as error:
            found.close()
            self._proved.put(error)
        else:
            self._proved.put(found)


def Client(address, family=None, authkey=None):
    """Connect, and refuse a listener that says that there is no key if there is one here."""
    if authkey is not None:
        return connection.Client(address, family, authkey)
    found = connection.Client(address, family)
    found.recv_bytes()
    return found


class _HoldsMany(Server):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.listener._listener._socket.listen(128)


class _Manager(Served):
    _Server = _HoldsMany


class Listeners(Listening):
    """Listeners and clients that do not hold each other up, and managers for many clients."""

    BaseManager = _Manager
    end = end_class("mended", Listener=Listener, Client=Client)
