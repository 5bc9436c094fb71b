import multiprocessing
import sys

mp = multiprocessing


def append(shared, answer):
    numbers = shared["list"]
    numbers.append(2)
    numbers += [3]
    answer.send(list(numbers))


if __name__ == "__main__":
    answer, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        nested = manager.list([1])
        shared = manager.dict(list=nested)
        mp.Process(target=append, args=(shared, writer), daemon=True).start()
        there = answer.recv() if answer.poll(20) else "no answer"
        here = list(nested)
    print(f"a managed list in a managed dict, to a child that appended to it: expected [1, 2, 3], seen {there}")
    print(f"to the starter: expected [1, 2, 3], seen {here}")
    sys.exit((there, here) != ([1, 2, 3], [1, 2, 3]))
