import multiprocessing
import random
import sys

mp = multiprocessing


def act(lock, orders):
    while True:
        name, *args = orders.recv()
        try:
            orders.send(getattr(lock, name)(*args))
        except Exception as error:
            orders.send(type(error).__name__)


def answers(pipes, busy, count):
    seen = {}
    for moment in range(800):
        if len(seen) < count or moment < 4:
            seen.update((who, pipes[who][0].recv()) for who in busy if who not in seen and pipes[who][0].poll(0.01))
    return seen


if __name__ == "__main__":
    lock, pipes = mp.Lock(), [mp.Pipe() for _ in range(3)]
    for _, theirs in pipes:
        mp.Process(target=act, args=(lock, theirs), daemon=True).start()
    held, waiting, calls = False, [], []
    for _ in range(80):
        who = random.choice([child for child in range(3) if child not in waiting])
        order = random.choice([["release"], ["acquire", False], ["acquire"]][: 2 if len(waiting) == 2 else 3])
        calls.append((who, *order))
        pipes[who][0].send(order)
        if order == ["release"]:
            own, others = None if held else "ValueError", [True][: len(waiting)]
        else:
            own, others = "none yet" if held and order == ["acquire"] else not held, []
        seen = answers(pipes, [who, *waiting], (own != "none yet") + len(others))
        waiting = [child for child in [who, *waiting] if child not in seen]
        held = bool(others) or order != ["release"]
        if (outcome := (seen.pop(who, "none yet"), list(seen.values()))) != (own, others):
            print(f"calls by children 0, 1 and 2: {calls[-8:]}")
            sys.exit(f"its answer, and those to who waited: expected {own, others}, seen {outcome}")
    print("calls that did what they should: expected 80, seen 80")
