import multiprocessing
import sys

mp = multiprocessing


def tell(news):
    news.send((sys.argv, sys.path))


if __name__ == "__main__":
    sys.argv = ["program", "--option"]
    sys.path.append("/some/where")
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=tell, args=(theirs,))
    child.start()
    child.join()
    argv, path = news.recv()
    missing = [place for place in sys.path if place and place not in path]
    print(f"command line in a child: expected {sys.argv}, seen {argv}")
    print(f"places of modules that a child lacks: expected [], seen {missing}")
    sys.exit(argv != sys.argv or missing != [])
