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
    fork_servers = []
    for _ in range(2):
        child = mp.Process(target=tell, args=(theirs,))
        try:
            child.start()
        except OSError as error:
            sys.exit(f"a start after the fork server was killed: expected to succeed, seen {error!r}")
        fork_servers.append(news.recv())
        child.join()
        if fork_servers[-1] == os.getpid():
            sys.exit("the parent of a child: expected a fork server, seen the starter")
        os.kill(fork_servers[-1], signal.SIGKILL)
        while os.path.exists(f"/proc/{fork_servers[-1]}/exe"):  # a zombie has none
            time.sleep(0.01)
    print(f"fork servers of two children, the first of which was killed: expected two, seen {fork_servers}")
    sys.exit(fork_servers[0] == fork_servers[1])
