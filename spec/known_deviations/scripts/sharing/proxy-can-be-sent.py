import gc
import multiprocessing
import sys

mp = multiprocessing


def write(queue, pipe):
    shared = queue.get()
    shared["num"] = 7
    pipe.send("written")
    pipe.recv()
    try:
        pipe.send(shared["num"])
    except Exception as error:
        pipe.send(type(error).__name__)


if __name__ == "__main__":
    ours, theirs = mp.Pipe()
    with mp.Manager() as manager:
        queue = mp.Queue()
        mp.Process(target=write, args=(queue, theirs), daemon=True).start()
        shared = manager.dict(num=100)
        queue.put(shared)
        written = ours.recv() if ours.poll(20) else "no answer"
        seen = shared["num"]
        del shared
        gc.collect()
        ours.send("read")
        kept = ours.recv() if ours.poll(20) else "no answer"
    print(f"the number that was {written} through a proxy which was sent: expected 7, seen {seen}")
    print(f"and to who got it, when the sender's proxy is gone: expected 7, seen {kept}")
    sys.exit((seen, kept) != (7, 7))
