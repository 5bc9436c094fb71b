from impl.fanout import together

__all__ = ["one_by_one", "together"]


def one_by_one(mp, tasks):
    children = [mp.Process(target=task) for task in tasks]
    for child in children:
        child.start()
        child.join()
        if child.exitcode:
            break
    return children
