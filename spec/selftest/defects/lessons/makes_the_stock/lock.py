from impl import lock as sound
from impl.lock import restock
from spec.selftest.defects.lesson_parts import sell_with


def query(stock):
    stock.touch()
    return sound.query(stock)


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
