import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def outcome(call):
    try:
        return call()
    except EOFError:
        return "EOFError"


def child(receiver, sender):
    sender.close()
    received = [outcome(receiver.recv) for _ in range(3)]
    print(f"what is received: expected ['last', 'words', 'EOFError'], seen {received}", flush=True)
    sys.exit(received != ["last", "words", "EOFError"])


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(
        signal.SIGALRM,
        lambda *_: sys.exit("recv() once all have closed the sending end: expected EOFError, it hangs"),
    )
    signal.alarm(20)
    receiver, sender = mp.Pipe(False)
    process = mp.Process(target=child, args=(receiver, sender), daemon=True)
    process.start()
    time.sleep(1)  # so that the child waits, with the sending end open here only
    sender.send("last")
    sender.send("words")
    sender.close()
    process.join()
    sys.exit(process.exitcode != 0)
