import multiprocessing
import random
import sys

mp = multiprocessing


def act(lock, orders):
    orders.send("ready")
    while True:
        name, *args = orders.recv()
        try:
            orders.send(getattr(lock, name)(*args))
        except Exception as error:
            orders.send(type(error).__name__)


def answers(children, calling, seconds):
    return [(who, children[who].recv()) for who in calling if children[who].poll(seconds)]


if __name__ == "__main__":
    lock, children, done = mp.Lock(), [], []
    for who in range(3):
        orders, theirs = mp.Pipe()
        mp.Process(target=act, args=(lock, theirs), daemon=True).start()
        children.append(orders)
        answers(children, [who], 10)
    held, waiting = False, []
    for _ in range(120):
        who = random.choice([who for who in range(3) if who not in waiting])
        order = random.choice([["acquire"], ["acquire", False], ["release"]][len(waiting) == 2 :])
        children[who].send(order)
        done = [*done[-9:], (who, *order)]
        if order == ["acquire"] and held:
            waiting.append(who)
            seen, expected = answers(children, waiting, 0.05), []
        else:
            seen = answers(children, [who], 10)
            expected = [(who, not held if "acquire" in order else None if held else "ValueError")]
            passed_on = order == ["release"] and len(waiting) > 0
            held = passed_on or "acquire" in order
            lucky = next((answers(children, [w], 0) for w in waiting * 1000 if children[w].poll(0.005)), [])
            waiting = [w for w in waiting if (w, True) not in lucky]
            lucky += answers(children, waiting, 0.05)
            seen += [answer for _, answer in lucky]
            expected += [True] * passed_on
        if seen != expected:
            sys.exit(f"after these calls by child 0, 1, 2, {done}: expected {expected}, seen {seen}")
    print("calls that did what they should: expected 120, seen 120")
