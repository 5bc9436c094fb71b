import multiprocessing
import sys

mp = multiprocessing


def write(one, another, answer):
    one["num"] = 7
    answer.send(another["num"])


if __name__ == "__main__":
    answer, writer = mp.Pipe(duplex=False)
    with mp.Manager() as manager:
        one, another = manager.dict(num=100), manager.dict(num=100)
        mp.Process(target=write, args=(one, another, writer), daemon=True).start()
        there = answer.recv() if answer.poll(20) else "no answer"
        seen = one["num"], another["num"], there
    print("a child wrote 7 to one of two dicts that hold 100: the one, the other, the other as it sees it:")
    print(f"expected (7, 100, 100), seen {seen}")
    sys.exit(seen != (7, 100, 100))
