import gc
import multiprocessing
import sys

mp = multiprocessing


def read(shared, pipe):
    pipe.send("here")
    pipe.recv()
    try:
        pipe.send(shared["num"])
    except Exception as error:
        pipe.send(type(error).__name__)


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    with mp.Manager() as manager:
        shared = manager.dict(num=100)
        mp.Process(target=read, args=(shared, theirs), daemon=True).start()
        ours.recv()
        del shared
        gc.collect()
        ours.send("read")
        seen = ours.recv() if ours.poll(20) else "no answer"
    print(f"the number in a dict whose proxy a child still has: expected 100, seen {seen}")
    sys.exit(seen != 100)
