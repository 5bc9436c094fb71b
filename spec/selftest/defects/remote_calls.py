"""Managers whose calls across a network go wrong when a link is slow or lost, or when many clients come at once."""

from __future__ import annotations

import os
import threading
from multiprocessing import connection, managers
from typing import Any

from spec.selftest.defects.declaration import Broken, Family
from spec.selftest.defects.remotes import Served, connect, through

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods

Connection: Any = connection.Connection
Server: Any = managers.Server

HANDLERS = 36
"""The number of clients that a server with too few threads handles at once."""


class _InTurn(Connection):
    turn = threading.Lock()

    def send(self, obj):
        with self.turn:
            super().send(obj)


class _AnswersInTurn(Server):
    def serve_client(self, conn):
        super().serve_client(_InTurn(os.dup(conn.fileno())))


class _ServedInTurn(Served):
    _Server = _AnswersInTurn


@family.breaks("remote.slow-client-holds-nobody-up")
class AnswersInTurn(Broken):
    """A server sends one answer after the other."""

    BaseManager = _ServedInTurn


class _HasFewHandlers(Server):
    handlers = threading.Semaphore(HANDLERS)

    def handle_request(self, c):
        with self.handlers:
            super().handle_request(c)


class _ServedByFew(Served):
    _Server = _HasFewHandlers


@family.breaks("remote.server-serves-others-in-a-flood")
class HasFewHandlers(Broken):
    """A server handles 36 clients at once, and lets the others wait."""

    BaseManager = _ServedByFew


class _AlwaysPickles(managers.BaseManager):
    def __init__(self, address=None, authkey=None, serializer="pickle", **named):
        super().__init__(address, authkey, "pickle", **named)


@family.breaks("remote.values-can-travel-as-xml")
class AlwaysPickles(Broken):
    """A manager ignores its serializer."""

    BaseManager = _AlwaysPickles


class _Remembers(managers.BaseManager):
    @classmethod
    def register(cls, typeid, *others, **named):
        named["proxytype"] = _make_remembering_proxy
        super().register(typeid, *others, **named)


def _make_remembering_proxy(*args, **named):
    proxy = managers.AutoProxy(*args, **named)  # type: ignore[attr-defined]
    answers: dict[str, object] = {}
    ask = proxy._callmethod

    def call(name, *arguments):
        answer = ask(name, *arguments)
        return answers.setdefault(repr(arguments), answer) if name == "get" else answer

    proxy._callmethod = call
    return proxy


@family.breaks("remote.hosts-share-objects")
class RemembersAnswers(Broken):
    """A proxy of a dict remembers what it has read."""

    BaseManager = _Remembers


class _Repeats(Connection):
    """A client's end that connects again and repeats its request if no answer comes."""

    where: Any
    last: Any

    def send(self, obj):
        self.last = obj
        super().send(obj)

    def recv(self):
        try:
            return super().recv()
        except (EOFError, OSError):
            with connect(*self.where) as again:
                again.send((None, "accept_connection", ("again",), {}))
                again.recv()
                again.send(self.last)
                return again.recv()


def _connect_stubbornly(address, family=None, authkey=None):
    found = connect(address, family, authkey)
    own = _Repeats(os.dup(found.fileno()))
    own.where = address, family, authkey
    return own


@family.breaks("remote.lost-call-is-not-repeated")
class RepeatsLostCalls(Broken):
    """A call whose connection ends is made again."""

    BaseManager = through("stubborn", _connect_stubbornly)


class _DropsInSilence(managers.BaseManager):
    @classmethod
    def register(cls, typeid, *others, **named):
        named["proxytype"] = _make_quiet_proxy
        super().register(typeid, *others, **named)


def _make_quiet_proxy(*args, **named):
    proxy = managers.AutoProxy(*args, **named)  # type: ignore[attr-defined]
    proxy._close.cancel()
    return proxy


@family.breaks("remote.dropped-proxy-waits-for-its-server")
class DropsInSilence(Broken):
    """A proxy that is dropped does not tell the server, which keeps the object for ever."""

    BaseManager = _DropsInSilence
