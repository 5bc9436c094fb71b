import atexit
import multiprocessing
import signal
import sys

mp = multiprocessing


class EqualToAll:
    """Is equal to whatever it is compared with."""

    def __eq__(self, _other):
        return True

    def __repr__(self):
        return "equal to all"


VALUES = [None, True, 0, -1, 2**100, 0.5, float("inf"), "", "text", "\u7ea6\u5417?", b"", b"\0", (), [], {}, (1, 2)]
VALUES += [[1, [2, (3,)]], {"key": [None, {0: b"\0"}]}, b"x" * 2 * 1024 * 1024, [list(range(1000))] * 10]
VALUES += [EqualToAll()]


def producer(queue, connection):
    for value in VALUES:
        queue.put(value)
        connection.send("put")
        connection.recv()


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("put() and get(): expected to return, it hangs"))
    signal.alarm(20)
    queue = mp.Queue()
    connection, theirs = mp.Pipe()
    mp.Process(target=producer, args=(queue, theirs), daemon=True).start()
    theirs.close()
    wrong = False
    for value in VALUES:
        connection.recv()
        got = queue.get()
        print(f"what arrives: expected {repr(value)[:40]}, seen {repr(got)[:40]}", flush=True)
        wrong = wrong or repr(got) != repr(value)
        connection.send("got")
    sys.exit(wrong)
