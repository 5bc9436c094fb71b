"""Wrong attempts at the exercises, which learners usually make, and the messages that each of them gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Optional


class WrongAttempt(NamedTuple):
    """A body for the function of an exercise that has a hole.

    Attributes:
        lesson: the exercise.
        body: the body; None for the one that the exercise begins with.
        breaks: a claim of the exercise that does not hold then.
        messages: how each message begins that a rule has; without any, the learner is told what the claim needs.
        raised: how the exception in the learner's code begins that is told, if there is one.
    """

    lesson: str
    body: Optional[str]
    breaks: str
    messages: Sequence[str] = ()
    raised: str = ""


UNWRITTEN = "NotImplementedError: write this function"

WRONG_ATTEMPTS = (
    WrongAttempt("identity", None, "identity.pid-is-the-childs-own", ["start() is not written yet."], UNWRITTEN),
    WrongAttempt(
        "identity",
        "child = mp.Process(target=task(), name=name)\nchild.start()\nreturn child",
        "identity.pid-is-the-childs-own",
        ["target=task(...) calls task here, in the parent,"],
    ),
    WrongAttempt(
        "identity",
        "return mp.Process(target=task, name=name)",
        "identity.pid-is-the-childs-own",
        ["the process is made, and never started."],
    ),
    WrongAttempt(
        "identity",
        "mp.Process(target=task, name=name).start()",
        "identity.child-has-the-name-it-was-given",
        ["start() returns nothing."],
    ),
    WrongAttempt(
        "lifecycle",
        None,
        "lifecycle.end-insists",
        ["end() never kills a child that ignores the request.", "join() waits here without a limit,"],
    ),
    WrongAttempt(
        "lifecycle",
        "terminate(process)\nprocess.join(patience)",
        "lifecycle.end-insists",
        ["end() never kills a child that ignores the request."],
    ),
    WrongAttempt(
        "lifecycle",
        "process.kill()\nprocess.join()",
        "lifecycle.end-asks-first",
        ["end() never asks the process to end."],
    ),
    WrongAttempt(
        "lifecycle",
        "terminate(process)\nprocess.join(patience)\nif process.is_alive():\n    process.kill()",
        "lifecycle.end-insists",
        ["kill() does not wait until the child has ended."],
    ),
    WrongAttempt(
        "isolation", None, "isolation.child-is-returned-joined", ["run_in_child() is not written yet."], UNWRITTEN
    ),
    WrongAttempt(
        "isolation",
        "child = mp.Process(target=task())\nchild.start()\nchild.join()\nreturn child",
        "isolation.child-is-returned-joined",
        ["target=task(...) calls task here, in the parent,"],
    ),
    WrongAttempt(
        "isolation",
        "child = mp.Process(target=task)\nchild.start()\nreturn child",
        "isolation.child-is-returned-joined",
        ["run_in_child() joins no child,"],
    ),
    WrongAttempt(
        "isolation",
        "child = mp.Process(target=task)\nchild.run()\nreturn child",
        "isolation.child-is-another-process",
        ["run_in_child() joins no child,", "child.run() runs the task here, in the parent. child.start() starts"],
    ),
    WrongAttempt("zombie", None, "zombie.joining-reaps-each", ["reap() is not written yet."], UNWRITTEN),
    WrongAttempt("zombie", "children[0].join()", "zombie.joining-reaps-each"),
    WrongAttempt(
        "zombie",
        "for child in children:\n    child.join",
        "zombie.joining-reaps-each",
        ["child.join without parentheses calls nothing. Write child.join()."],
    ),
    WrongAttempt("orphan", None, "orphan.goes-on-running", ["the program waits here until its child has ended,"]),
    WrongAttempt(
        "orphan",
        "mp.Process(target=task).start()\npause()",
        "orphan.goes-on-running",
        ["the program ends normally after this line,"],
    ),
    WrongAttempt(
        "lock", None, "lock.admits-one-buyer-at-a-time", ["the count is read here, before the lock is taken."]
    ),
    WrongAttempt(
        "lock",
        "left = query(stock)\nif left:\n    pause(left)\n    restock(stock, left - 1)\n"
        'tell(buyer, "bought" if left else "sold out")',
        "lock.admits-one-buyer-at-a-time",
        ["buy() does not take the lock."],
    ),
    WrongAttempt(
        "lock",
        "with lock:\n    left = query(stock)\nif left:\n    pause(left)\n    restock(stock, left - 1)\n"
        'tell(buyer, "bought" if left else "sold out")',
        "lock.admits-one-buyer-at-a-time",
        ["the count is written here, after the lock was released."],
    ),
    WrongAttempt(
        "lock",
        "with lock:\n    left = qery(stock)\n    pause(left)\n    restock(stock, left - 1)\n"
        '    tell(buyer, "bought")',
        "lock.sells-what-there-is",
        raised="NameError: name 'qery' is not defined",
    ),
    WrongAttempt("daemon", None, "daemon.ends-with-main", ["the child has been started already."]),
    WrongAttempt(
        "daemon",
        "child = mp.Process(target=task)\nchild.start()\nreturn child",
        "daemon.ends-with-main",
        ["the child is not declared a daemon."],
    ),
    WrongAttempt("sharing", None, "sharing.counts-down-under-the-lock", ["there is no manager,"]),
    WrongAttempt(
        "sharing",
        "lock = mp.Lock() if locked else nullcontext()\nwith mp.Manager() as manager:\n"
        "    counter = manager.dict(num=start)\n    for _ in range(workers):\n"
        "        child = mp.Process(target=take_one, args=(counter, lock, pause))\n        child.start()\n"
        '        child.join()\n    return counter["num"]',
        "sharing.loses-updates-without-the-lock",
        ["join() is inside the loop that starts the children,"],
    ),
    WrongAttempt(
        "sharing",
        "with mp.Manager() as manager:\n    counter = manager.dict(num=start)\n"
        "    locks = [mp.Lock() if locked else nullcontext() for _ in range(workers)]\n"
        "    children = [mp.Process(target=take_one, args=(counter, lock, pause)) for lock in locks]\n"
        "    for child in children:\n        child.start()\n    for child in children:\n        child.join()\n"
        '    return counter["num"]',
        "sharing.counts-down-under-the-lock",
        ["this makes a lock for each child,"],
    ),
    WrongAttempt(
        "sharing",
        "lock = mp.Lock() if locked else nullcontext()\nwith mp.Manager() as manager:\n"
        "    counter = manager.dict(num=start)\n"
        "    children = [mp.Process(target=take_one, args=(counter, lock, pause)) for _ in range(workers)]\n"
        "    for child in children:\n        child.start()\n    for child in children:\n        child.join()\n"
        'return counter["num"]',
        "sharing.counts-down-under-the-lock",
        ["the manager has ended before this line."],
        "FileNotFoundError: [Errno 2] No such file or directory",
    ),
    WrongAttempt("fanout", None, "fanout.together-overlaps", ["join() is inside the loop that starts the children,"]),
    WrongAttempt(
        "fanout",
        "children = [mp.Process(target=task) for task in tasks]\nfor child in children:\n    child.start()\n"
        "return children",
        "fanout.together-waits-for-all",
        ["together() joins no child,"],
    ),
    WrongAttempt(
        "fanout",
        "children = [mp.Process(target=task) for task in tasks]\nfor child in children:\n    child.start()\n"
        "children[-1].join()\nreturn children",
        "fanout.together-waits-for-all",
    ),
    WrongAttempt(
        "fanout",
        "for task in tasks:\n    task()\nreturn []",
        "fanout.together-overlaps",
        ["together() joins no child,", "task() calls the task here, in the parent."],
    ),
    WrongAttempt(
        "queue",
        None,
        "queue.carries-a-message-larger-than-the-pipe",
        ["the parent waits here for the child, and the child waits until"],
    ),
    WrongAttempt(
        "queue",
        "queue = mp.Queue(3)\nmp.Process(target=put_message, args=(queue, compose)).start()\nreturn queue.get()",
        "queue.who-sent-a-message-was-joined",
        ["message_from_child() joins no child,"],
    ),
    WrongAttempt(
        "queue",
        "queue = mp.Queue(3)\nchild = mp.Process(target=put_message(queue, compose))\nchild.start()\n"
        "message = queue.get()\nchild.join()\nreturn message",
        "queue.carries-a-message-from-a-child",
        ["target=put_message(...) calls put_message here, in the parent,"],
    ),
    WrongAttempt(
        "queue",
        "queue = mp.Queue(3)\nchild = mp.Process(target=put_message, args=(queue))\nchild.start()\n"
        "message = queue.get()\nchild.join()\nreturn message",
        "queue.carries-a-message-from-a-child",
        ["args must be a tuple, and (queue) is none. The comma makes it one: args=(queue,)."],
        "TypeError: 'Queue' object is not iterable",
    ),
    WrongAttempt(
        "joinable",
        None,
        "joinable.consumer-reports-after-eating",
        ["this reports the item before it was eaten."],
    ),
    WrongAttempt(
        "joinable",
        "while True:\n    eat(queue.get())",
        "joinable.consumer-reports-after-eating",
        ["consume() never calls task_done(),"],
    ),
    WrongAttempt(
        "pool",
        None,
        "pool.finishes-what-was-handed-in",
        ["apply() waits here."],
    ),
    WrongAttempt(
        "pool",
        "for parcel in parcels:\n    pool.apply_async(pack, (parcel,)).get()",
        "pool.finishes-what-was-handed-in",
        ["hand_in() does not use tell.", "get() waits here."],
    ),
    WrongAttempt(
        "pool",
        "for parcel in parcels:\n    pool.apply_async(pack(parcel), callback=tell)",
        "pool.finishes-what-was-handed-in",
        ["pack() packs the parcel here, in the parent."],
    ),
    WrongAttempt(
        "pool",
        "for parcel in parcels:\n    pool.apply_async(pack, (parcel), callback=tell)",
        "pool.abandons-what-is-not-packed",
        ["args must be a tuple, and (parcel) is none. The comma makes it one: args=(parcel,)."],
    ),
    WrongAttempt(
        "event", None, "event.runner-goes-home", ["wait() returns whether the event is set, and here nothing looks"]
    ),
    WrongAttempt(
        "event",
        'warm_up(runner)\nline.set()\nfired = gun.wait()\ntell(runner, "runs" if fired else "goes home")',
        "event.runner-goes-home",
        ["run() waits without a limit."],
    ),
    WrongAttempt(
        "event",
        'warm_up(runner)\nfired = gun.wait(patience)\nline.set()\ntell(runner, "runs" if fired else "goes home")',
        "event.starter-waits-for-every-runner",
        ["the runner waits here for the starter,"],
    ),
    WrongAttempt(
        "event",
        'warm_up(runner)\nfired = gun.wait(patience)\ntell(runner, "runs" if fired else "goes home")',
        "event.runner-goes-home",
        ["run() never sets line,"],
    ),
    WrongAttempt(
        "semaphore",
        None,
        "semaphore.admits-as-many-cars-as-places",
        ["the car has given its place back before this line,"],
    ),
    WrongAttempt(
        "semaphore",
        'tell(car, "drives in")\nstay(car)\ntell(car, "drives out")',
        "semaphore.admits-as-many-cars-as-places",
        ["park() does not take a place."],
    ),
)
