import multiprocessing
import sys

mp = multiprocessing


def append(news, argument):
    argument.append(3)
    news.send(argument)


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    argument = [1]
    child = mp.Process(target=append, args=(theirs, argument))
    argument.append(2)
    child.start()
    child.join()
    seen = news.recv() if news.poll() else None
    print(f"the argument in the child, where 3 is appended: expected [1, 2, 3], seen {seen}")
    print(f"the argument in the starter: expected [1, 2], seen {argument}")
    sys.exit((seen, argument) != ([1, 2, 3], [1, 2]))
