import multiprocessing
import os
import signal

mp = multiprocessing


def work(go_on):
    go_on.recv()


if __name__ == "__main__":
    ticks = []

    def tick(*_):
        ticks.append(1)
        if len(ticks) == 500:
            print("join(0.05) while a signal comes every 10 ms: expected to return, still waits", flush=True)
            os._exit(1)

    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    child.join(0.05)
    signal.setitimer(signal.ITIMER_REAL, 0)
    mine.send("go on")
    child.join()
    print("join(0.05) while a signal comes every 10 ms: expected to return, seen to")
