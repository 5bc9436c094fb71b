from contextlib import nullcontext

from impl.lock import buy as buy_at_once
from impl.lock import query
from spec.selftest.defects.lesson_parts import sell_with

__all__ = ["buy", "query", "sell"]


def buy(buyer, stock, lock, pause, tell):
    buy_at_once(buyer, stock, nullcontext(), pause, tell)


sell = sell_with(buy)
