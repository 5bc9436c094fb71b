import multiprocessing
import os
import signal
import sys
import threading
import time

mp = multiprocessing


class Interrupted(KeyboardInterrupt):
    """What a handler raises."""


def interrupt(*_):
    raise Interrupted


def work(go_on):
    go_on.recv()
    sys.exit(7)


def send_signals(go_on):
    for number in (signal.SIGUSR1, signal.SIGUSR2) * 2:
        time.sleep(0.5)
        os.kill(os.getpid(), number)
    time.sleep(0.5)
    go_on.send("go on")
    time.sleep(20)
    print("hangs: a join", flush=True)
    os._exit(1)


def how(join):
    try:
        join()
    except Interrupted:
        return "interrupted"
    return "returned"


if __name__ == "__main__":
    handled = []
    signal.signal(signal.SIGUSR1, lambda *_: handled.append(time.monotonic()))
    signal.signal(signal.SIGUSR2, interrupt)
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    threading.Thread(target=send_signals, args=(mine,), daemon=True).start()
    seen = [how(child.join), how(lambda: child.join(600)), how(child.join), child.exitcode, len(handled)]
    expected = ["interrupted", "interrupted", "returned", 7, 2]
    print(
        f"how joins, the second timed, ended, exit code, signals that were handled: expected {expected}, seen {seen}"
    )
    sys.stdout.flush()
    os._exit(seen != expected)
