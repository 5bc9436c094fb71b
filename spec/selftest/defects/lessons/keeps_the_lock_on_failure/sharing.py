from spec.selftest.defects.lesson_parts import count_down_with


def take_one(counter, lock, pause):
    lock.__enter__()
    number = counter["num"]
    pause(number)
    counter["num"] = number - 1
    lock.__exit__(None, None, None)


count_down = count_down_with(take_one)
