from impl.lock import query, restock
from spec.selftest.defects.lesson_parts import sell_with


def buy(buyer, stock, lock, pause, tell):
    lock.__enter__()
    left = query(stock)
    if left == 0:
        tell(buyer, "sold out")
    else:
        pause(left)
        restock(stock, left - 1)
        tell(buyer, "bought")
    lock.__exit__(None, None, None)


sell = sell_with(buy)
