import multiprocessing
import os
import signal
import sys
import tempfile
import time

mp = multiprocessing


class Parcel:
    """Goes to the manager as it is, and from there as a text, which takes a while to arrive."""

    def __init__(self, folder, sent=False):
        self.folder, self.sent = folder, sent

    def __reduce__(self):
        return (deliver, (self.folder,)) if self.sent else (Parcel, (self.folder, True))


def deliver(folder):
    open(f"{folder}/on the way to {os.getpid()}", "w").close()
    while not os.path.exists(f"{folder}/go on"):
        time.sleep(0.01)
    return "parcel"


def fetch(shared, answer):
    answer.send(shared.pop("parcel", None))


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    answer, writer = mp.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder, mp.Manager() as manager:
        shared = manager.dict(parcel=Parcel(folder))
        for number in 1, 2:
            mp.Process(target=fetch, args=(shared, writer), daemon=True).start()
            while len(os.listdir(folder)) < number and not answer.poll(0.01):
                pass
        open(f"{folder}/go on", "w").close()
        seen = answer.recv(), answer.recv()
    print(f"what pop() returned, first to the child that came second: expected (None, 'parcel'), seen {seen}")
    sys.exit(seen != (None, "parcel"))
