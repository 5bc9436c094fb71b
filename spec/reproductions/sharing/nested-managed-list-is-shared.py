import gc
import multiprocessing
import sys

mp = multiprocessing


def append(shared):
    try:
        numbers = shared["list"]
        numbers.append(2)
        numbers += [3]
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
    expected = [[1, 2, 3], [1, 2, 3], [1, 2, 3, 2, 3]]
    print(f"a managed list in a managed dict, to a child that appended to it: expected [1, 2, 3], seen {seen[0]}")
    print(f"to the starter: expected [1, 2, 3], seen {seen[1]}")
    print(f"to the child, when the starter's proxy is gone: expected [1, 2, 3, 2, 3], seen {seen[2]}")
    sys.exit(seen != expected)
