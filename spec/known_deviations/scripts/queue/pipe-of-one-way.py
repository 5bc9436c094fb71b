import atexit
import multiprocessing
import signal
import sys
import time

mp = multiprocessing


def child(sender):
    time.sleep(0.5)  # so that the receiver waits
    sender.send("item")


def outcome(call, *args):
    try:
        return repr(call(*args))
    except OSError:
        return "OSError"


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("recv(): expected to end, it hangs"))
    signal.alarm(20)
    receiver, sender = mp.Pipe(False)
    mp.Process(target=child, args=(sender,), daemon=True).start()
    received = receiver.recv()
    print(f"what the first end receives from the second: expected item, seen {received}", flush=True)
    outcomes = [outcome(receiver.send, "back"), outcome(sender.recv)]
    print(f"send() at the first end and recv() at the second: expected both OSError, seen {outcomes}")
    sys.exit(received != "item" or outcomes != ["OSError", "OSError"])
