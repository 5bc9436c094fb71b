from impl.joinable import consume, produce

__all__ = ["consume", "main", "produce"]


def main(mp, items, make, eat, done, maxsize=30):
    queue = mp.JoinableQueue(maxsize)
    producer = mp.Process(target=produce, args=(queue, items, make, done))
    consumer = mp.Process(target=consume, args=(queue, eat))
    producer.start()
    consumer.start()
    producer.join()
