import multiprocessing
import signal
import sys

mp = multiprocessing


def handle(*_):
    pass


def work(go_on):
    go_on.recv()


if __name__ == "__main__":
    numbers = [signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM, signal.SIGINT]
    for number in numbers:
        signal.signal(number, handle)
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    child.join(0.05)
    mine.send("go on")
    child.join()
    seen = [number.name for number in numbers if signal.getsignal(number) is not handle]
    print(f"signals that are handled otherwise after start and join: expected [], seen {seen}")
    sys.exit(seen != [])
