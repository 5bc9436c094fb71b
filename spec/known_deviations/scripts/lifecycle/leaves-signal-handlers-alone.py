import faulthandler
import multiprocessing
import signal
import sys

mp = multiprocessing


def handle(*_):
    pass


def work(go_on):
    go_on.recv()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(30, exit=True)
    numbers = [signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM, signal.SIGINT]
    for number in numbers:
        signal.signal(number, handle)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    child.join(0.05)
    mine.send("go on")
    child.join()
    seen = [number.name for number in numbers if signal.getsignal(number) is not handle]
    print(f"signals that are handled otherwise after start and join: expected [], seen {seen}")
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    print(f"signals that are blocked: expected {[signal.SIGUSR2]}, seen {[*blocked]}")
    sys.exit(seen != [] or blocked != {signal.SIGUSR2})
