"""Isolation, with the fault that the package names."""

__all__ = ["run_in_child"]


def run_in_child(mp, task):
    lists = [argument for argument in task.args if isinstance(argument, list)]
    here, there = mp.Pipe()
    child = mp.Process(target=run, args=(task, lists, there))
    child.start()
    for mine, changed in zip(lists, here.recv()):
        mine[:] = changed
    child.join()
    return child


def run(task, lists, there):
    task()
    there.send(lists)
