import multiprocessing
import os
import sys

mp = multiprocessing


def tell(news):
    news.send([os.getcwd(), os.umask(0), os.nice(0)])


if __name__ == "__main__":
    os.umask(0o027)
    niceness, seen = os.nice(1), []
    expected = [[folder, 0o027, niceness] for folder in (os.getcwd(), "/")]
    news, theirs = mp.Pipe(duplex=False)
    for folder, _, _ in expected:
        os.chdir(folder)
        child = mp.Process(target=tell, args=(theirs,))
        child.start()
        child.join()
        seen.append(news.recv() if news.poll() else None)
    print(f"folder, mask and niceness of two children: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
