import multiprocessing
import sys

mp = multiprocessing


def append(shared, answer):
    numbers = shared["list"]
    numbers.append(2)
    answer.send(list(numbers))


if __name__ == "__main__":
    answer, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        shared = manager.dict(list=[1])
        mp.Process(target=append, args=(shared, writer), daemon=True).start()
        there = answer.recv() if answer.poll(20) else "no answer"
        here = shared["list"]
    print(f"the list that a child fetched and appended to: expected [1, 2], seen {there}")
    print(f"the list in the dict: expected [1], seen {here}")
    sys.exit((there, here) != ([1, 2], [1]))
