import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def child(end):
    end.send("the child's")
    end.send(None)
    time.sleep(0.5)  # so that the parent is the first to receive
    received = [end.recv(), end.recv()]
    print(f'what the child receives: expected ["the parent\'s", None], seen {received}', flush=True)
    sys.exit(received != ["the parent's", None])


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("recv() of what was sent: expected to return, it hangs"))
    signal.alarm(20)
    here, there = mp.Pipe()
    process = mp.Process(target=child, args=(there,), daemon=True)
    process.start()
    here.send("the parent's")
    here.send(None)
    received = [here.recv(), here.recv()]
    print(f'what the parent receives: expected ["the child\'s", None], seen {received}', flush=True)
    process.join()
    sys.exit(received != ["the child's", None] or process.exitcode != 0)
