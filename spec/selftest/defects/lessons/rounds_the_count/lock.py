import json

from impl.lock import StockError, restock
from spec.selftest.defects.lesson_parts import sell_with


def query(stock):
    try:
        count = int(json.loads(stock.read_text(encoding="utf-8"))["count"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise StockError(f"{stock}: {error}") from error
    if count < 0:
        raise StockError(f"{stock}: {count} is no count")
    return count


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
