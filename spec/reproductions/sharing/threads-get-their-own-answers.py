import multiprocessing
import os
import sys
import threading
import time

mp = multiprocessing


class Slow:
    """A key that takes its time where it is looked up."""

    def __hash__(self):
        time.sleep(5)
        return 0


def give_up():
    time.sleep(30)
    print("hangs: a call of a managed dict", flush=True)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=give_up, daemon=True).start()
    with mp.Manager() as manager:
        shared, got = manager.dict(num=100), []
        first = threading.Thread(target=lambda: got.append(shared.get(Slow())))
        first.start()
        time.sleep(1)
        begun = time.monotonic()
        try:
            number = shared["num"]
        except Exception as error:
            number = repr(error)
        seconds = time.monotonic() - begun
        first.join()
    print(f"the number, while another's call takes 5 s: expected 100 at once, seen {number} after {seconds:.1f} s")
    print(f"what that thread got: expected [None], seen {got}")
    sys.exit(number != 100 or got != [None] or seconds > 2.5)
