import multiprocessing
import sys

mp = multiprocessing


def append(shared, answer):
    numbers = shared["list"]
    numbers.append(2)
    shared["list"] = numbers
    answer.send("assigned")


def read(shared, answer):
    answer.send(shared["list"])


if __name__ == "__main__":
    answer, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        shared, seen = manager.dict(list=[1]), []
        for target in append, read:
            mp.Process(target=target, args=(shared, writer), daemon=True).start()
            seen.append(answer.recv() if answer.poll(20) else "no answer")
        seen.append(shared["list"])
    print("the list in a dict that a child has fetched, appended to and assigned, to another child and the starter:")
    print(f"expected [1, 2] and [1, 2], seen {seen[1]} and {seen[2]}")
    sys.exit(seen[1:] != [[1, 2], [1, 2]])
