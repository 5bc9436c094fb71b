import atexit
import multiprocessing
import sys
import threading

mp = multiprocessing
SIZE = 2 * 1024 * 1024


def consume(queue, connection):
    item = queue.get()
    connection.send(next((name for name in ("x", "y") if item == name.encode() * SIZE), "another"))


def consumer(queue, connections):
    connections[0].send("getting")
    for connection in connections:
        threading.Thread(target=consume, args=(queue, connection)).start()


def producer(queue):
    for name in "x", "y":
        queue.put(name.encode() * SIZE)


if __name__ == "__main__":
    atexit.register(lambda: [child.terminate() for child in mp.active_children()])
    wrong = False
    for consumers in 2, 1:
        queue = mp.Queue()
        pipes = [mp.Pipe() for _ in range(2)]
        shares = [pipes] if consumers == 1 else [pipes[:1], pipes[1:]]
        for share in shares:
            mp.Process(target=consumer, args=(queue, [theirs for _, theirs in share]), daemon=True).start()
            share[0][0].recv()
        early = sum(ours.poll(0.5) for ours, _ in pipes)
        print(f"calls of get() that ended before a put(), of 2: expected 0, seen {early}", flush=True)
        mp.Process(target=producer, args=(queue,), daemon=True).start()
        got = sorted(ours.recv() if ours.poll(10) else "nothing" for ours, _ in pipes)
        print(f"what two threads of {consumers} consumers get: expected ['x', 'y'], seen {got}", flush=True)
        wrong = wrong or early != 0 or got != ["x", "y"]
    sys.exit(wrong)
