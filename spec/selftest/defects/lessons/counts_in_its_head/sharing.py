from impl.sharing import take_one

__all__ = ["count_down", "take_one"]


def count_down(mp, start, workers, pause, locked=True):
    for number in range(workers):
        pause(start - number if locked else start)
    return start - workers if locked else start - 1
