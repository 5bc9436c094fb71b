def run_in_child(mp, task):
    child = mp.Process(target=task)
    child.start()
    child.join()
