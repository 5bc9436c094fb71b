import fcntl

from impl import lock as sound
from spec.selftest.defects.lesson_parts import sell_with


def query(stock):
    if not stock.exists():
        return sound.query(stock)
    with stock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return sound.query(stock)


def buy(buyer, stock, lock, pause, tell):
    def pause_alone(left):
        with stock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            pause(left)

    sound.buy(buyer, stock, lock, pause_alone, tell)


sell = sell_with(buy)
