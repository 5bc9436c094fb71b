import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def tell(news):
    news.send(os.getppid())


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    helpers = []
    for _ in range(2):
        child = mp.Process(target=tell, args=(theirs,))
        try:
            child.start()
        except OSError as error:
            sys.exit(f"a start after the helper was killed: expected to succeed, seen {error!r}")
        helpers.append(news.recv())
        child.join()
        if helpers[-1] == os.getpid():
            sys.exit("the parent of a child: expected a helper, seen the starter")
        os.kill(helpers[-1], signal.SIGKILL)
        while os.path.exists(f"/proc/{helpers[-1]}/exe"):  # a zombie has none
            time.sleep(0.01)
    print(f"helpers of two children, the first of which was killed: expected two, seen {helpers}")
    sys.exit(helpers[0] == helpers[1])
