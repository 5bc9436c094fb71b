import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile

mp = multiprocessing


def log(*words):
    os.write(1, " ".join(map(str, [*words, os.getpid()])).encode() + b"\n")


def producer(queue):
    for number in range(10):
        queue.put(number)
    queue.join()
    log("goes on")


def consumer(queue):
    while True:
        log("ate", queue.get())
        queue.task_done()


if __name__ == "__main__" and sys.argv[1:] == ["program"]:
    queue = mp.JoinableQueue(30)
    child = mp.Process(target=producer, args=(queue,))
    child.start()
    eater = mp.Process(target=consumer, args=(queue,))
    eater.daemon = True
    eater.start()
    child.join()
elif __name__ == "__main__":
    with tempfile.TemporaryFile("w+") as file:
        main = subprocess.Popen([sys.executable, __file__, "program"], stdout=file, start_new_session=True)
        try:
            status = main.wait(15)
        except subprocess.TimeoutExpired:
            status = "none in 15 s"
        file.seek(0)
        lines = [line.rsplit(maxsplit=1) for line in file]
    seen = [line for line, _ in lines]
    expected = [f"ate {number}" for number in range(10)] + ["goes on"]
    print(f"what consumer and producer did: expected {expected}, seen {seen}")
    print(f"exit status of the program: expected 0, seen {status}")
    pids = {pid for _, pid in lines} - {str(main.pid)}
    left = sum(os.path.exists(f"/proc/{pid}") for pid in pids)
    print(
        f"of consumer and producer, left after the program: expected 0 of 2, seen {left} of {len(pids)}", flush=True
    )
    with contextlib.suppress(ProcessLookupError):
        os.killpg(main.pid, signal.SIGKILL)
    sys.exit(seen != expected or status != 0 or len(pids) != 2 or left != 0)
