from impl.lock import query, restock
from spec.selftest.defects.lesson_parts import sell_with


def buy(buyer, stock, lock, pause, tell):
    with lock:
        left = query(stock)
        if left > 0:
            pause(left)
            restock(stock, left - 1)
            tell(buyer, "bought")


sell = sell_with(buy)
