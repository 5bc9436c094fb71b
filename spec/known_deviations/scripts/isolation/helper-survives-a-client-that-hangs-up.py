import glob
import multiprocessing
import os
import select
import socket
import sys
import tempfile

mp = multiprocessing


def work(news, orders):
    news.send(os.getppid())
    orders.recv()
    sys.exit(7)


if __name__ == "__main__":
    tempfile.tempdir = tempfile.mkdtemp()
    news, theirs = mp.Pipe(duplex=False)
    orders, ours = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs, orders))
    child.start()
    fork_server = news.recv()
    for path in glob.glob(os.path.join(tempfile.tempdir, "*", "*")):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
            select.select([client], [], [], 1)  # since Python 3.14, the fork server sends a challenge
    ours.send("leave")
    child.join()
    print(f"exit code of a child of the fork server {fork_server}: expected 7, seen {child.exitcode}")
    sys.exit(child.exitcode != 7)
