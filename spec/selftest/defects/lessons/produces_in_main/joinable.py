from impl.joinable import consume, produce

__all__ = ["consume", "main", "produce"]


def main(mp, items, make, eat, done, maxsize=30):
    queue = mp.JoinableQueue(maxsize)
    mp.Process(target=consume, args=(queue, eat), daemon=True).start()
    produce(queue, items, make, done)
