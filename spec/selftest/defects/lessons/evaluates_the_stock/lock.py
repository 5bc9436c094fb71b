from impl.lock import StockError, restock
from spec.selftest.defects.lesson_parts import sell_with


def query(stock):
    try:
        count = eval(stock.read_text(encoding="utf-8"))["count"]
    except Exception as error:
        raise StockError(f"{stock}: {error}") from error
    if type(count) is not int or count < 0:
        raise StockError(f"{stock}: {count!r} is no count")
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
