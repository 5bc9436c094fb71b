import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing


def work(go_on):
    sys.exit(3 if go_on.poll(60) else 4)


def leave():
    sys.exit(7)


def start_and_join(go_on, seen):
    try:
        short, long = mp.Process(target=leave), mp.Process(target=work, args=(go_on,))
        short.start()
        long.start()
        short.join()
        long.terminate()
        long.join()
        seen += [short.exitcode, long.is_alive()]
    except Exception as error:
        seen.append(repr(error))


def give_up():
    time.sleep(30)
    print("hangs: a start, a join, or a join after terminate(), while another thread joins", flush=True)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(go_on,))
    child.start()
    joiner = threading.Thread(target=child.join)
    joiner.start()
    time.sleep(0.5)
    seen = []
    other = threading.Thread(target=start_and_join, args=(go_on, seen))
    other.start()
    other.join()
    waits = joiner.is_alive()
    mine.send("go on")
    joiner.join()
    print(f"exit code of a child that another thread joined, life of one it ended: expected [7, False], seen {seen}")
    print(f"whether the first thread's join went on meanwhile: expected True, seen {waits}")
    print(f"exit code of the child that it joined: expected 3, seen {child.exitcode}")
    sys.exit((seen, waits, child.exitcode) != ([7, False], True, 3))
