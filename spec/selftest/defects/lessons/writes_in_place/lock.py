import json

from impl.lock import query
from spec.selftest.defects.lesson_parts import sell_with


def restock(stock, count):
    stock.write_text(json.dumps({"count": count}), encoding="utf-8")


def buy(buyer, stock, lock, pause, tell):
    with lock:
        left = query(stock)
        if left == 0:
            tell(buyer, "sold out")
            return
        pause(left)
        restock(stock, left - 1)
        tell(buyer, "bought")


sell = sell_with(buy)
