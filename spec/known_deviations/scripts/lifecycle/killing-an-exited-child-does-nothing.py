import multiprocessing
import os
import sys
import time

mp = multiprocessing


def work(news):
    news.send(os.getpid())
    os._exit(7)


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs,))
    child.start()
    pid = news.recv()
    if pid != child.pid:
        sys.exit(f"process of the child: expected {child.pid}, seen {pid}")
    while os.path.exists(f"/proc/{pid}/exe"):  # a zombie has none
        time.sleep(0.01)
    child.kill()
    child.join()
    sent = []
    sys.addaudithook(lambda event, args: sent.append(args) if event == "os.kill" else None)
    child.kill()
    print(f"exit code of a child that was killed once it had exited: expected 7, seen {child.exitcode}")
    print(f"signals sent to its pid once it was joined: expected [], seen {sent}")
    sys.exit(child.exitcode != 7 or sent != [])
