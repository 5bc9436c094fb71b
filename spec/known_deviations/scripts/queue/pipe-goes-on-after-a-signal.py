import multiprocessing
import os
import signal
import sys
import time

mp = multiprocessing


def work(receiver, sender):
    signal.signal(signal.SIGUSR1, lambda *_: None)
    sender.send(receiver.recv())
    sender.send(b"x" * 2**21)
    sender.send("next")


def receive(receiver):
    try:
        message = receiver.recv() if receiver.poll(10) else "nothing"
    except Exception as error:
        message = error
    return repr(message) if len(repr(message)) < 100 else len(message)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("expected to receive what was sent, it hangs"))
    signal.alarm(40)
    theirs, sender = mp.Pipe(duplex=False)
    receiver, back = mp.Pipe(duplex=False)
    process = mp.Process(target=work, args=(theirs, back), daemon=True)
    process.start()
    time.sleep(1)
    os.kill(process.pid, signal.SIGUSR1)
    time.sleep(0.5)
    sender.send("small")
    seen = [receive(receiver)]
    time.sleep(0.5)
    os.kill(process.pid, signal.SIGUSR1)
    time.sleep(0.5)
    seen += [receive(receiver), receive(receiver)]
    process.terminate()
    expected = ["'small'", 2**21, "'next'"]
    print("a child handles a signal while it waits in recv(), and another in the middle of a send();")
    print(f"what it has sent (of the large message its length): expected {expected}, seen {seen}")
    sys.exit(seen != expected)
