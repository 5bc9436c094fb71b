from impl.fanout import one_by_one

__all__ = ["one_by_one", "together"]


def together(mp, tasks):
    children = [mp.Process(target=task) for task in tasks]
    for number, child in enumerate(children):
        if number >= 4:
            children[number - 4].join()
        child.start()
    for child in children:
        child.join()
    return children
