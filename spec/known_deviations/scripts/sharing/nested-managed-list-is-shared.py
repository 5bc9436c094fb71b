import gc
import multiprocessing
import sys

mp = multiprocessing


def append(shared):
    try:
        numbers = shared["list"]
        numbers.append(2)
        numbers += [3]
        numbers *= 2
        return list(numbers)
    except Exception as error:
        return type(error).__name__


def work(shared, pipe):
    while pipe.recv():
        pipe.send(append(shared))


if __name__ == "__main__":
    seen, (ours, theirs) = [], mp.Pipe()
    with mp.Manager() as manager:
        shared = manager.dict()
        mp.Process(target=work, args=(shared, theirs), daemon=True).start()
        nested = manager.list([1])
        shared["list"] = nested
        ours.send("append")
        seen += [ours.recv() if ours.poll(20) else "no answer", list(nested)]
        del nested
        gc.collect()
        ours.send("append")
        seen += [ours.recv() if ours.poll(20) else "no answer"]
        ours.send(None)
    twice = [1, 2, 3] * 2
    expected = [twice, twice, [*twice, 2, 3] * 2]
    print(f"a managed list in a managed dict, to a child that changed it: expected {twice}, seen {seen[0]}")
    print(f"to the starter: expected {twice}, seen {seen[1]}")
    print(f"to the child, when the starter's proxy is gone: expected {expected[2]}, seen {seen[2]}")
    sys.exit(seen != expected)
