from impl.fanout import one_by_one

__all__ = ["one_by_one", "together"]


def together(mp, tasks):
    children = [mp.Process(target=task) for task in tasks]
    for child in children:
        child.start()
    children[-1].join()
    return children
