import multiprocessing
import os
import signal
import time

mp = multiprocessing


def put(queue, item, news):
    news.send(os.getpid())
    queue.put(item)
    news.send("put")


def start(queue, item):
    news, theirs = mp.Pipe(duplex=False)
    mp.Process(target=put, args=(queue, item, theirs), daemon=True).start()
    return news, news.recv()


def give_up(*_):
    print("hangs: a queue, or a child", flush=True)
    os._exit(1)


def is_asleep(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] == "S"


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(30)
    queue = mp.Queue(1)
    queue.put("first")
    _, victim = start(queue, "never")
    while not all(time.sleep(0.02) or is_asleep(victim) for _ in range(10)):
        pass
    os.kill(victim, signal.SIGKILL)
    news, _ = start(queue, "second")
    got = [queue.get()]
    seen = news.poll(10)
    print(f"put() returned after one who had waited in it was killed: expected True, seen {seen}")
    got += [queue.get()] if seen else []
    print(f"what was got: expected ['first', 'second'], seen {got}", flush=True)
    os._exit(got != ["first", "second"])
