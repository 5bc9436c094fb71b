from spec.selftest.defects.lesson_parts import count_down_with


def take_one(counter, lock, pause):
    with lock:
        number = counter["num"]
    pause(number)
    with lock:
        counter["num"] = number - 1


count_down = count_down_with(take_one)
