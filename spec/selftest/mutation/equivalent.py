"""The mutants that nobody can be expected to tell from the reference, each with the reason."""

from __future__ import annotations

from spec.selftest.mutation.mutants import Change


def same(place: str, before: str, *after: str, because: str) -> dict[Change, str]:
    """Return the changes of one line that come to the same, with the reason."""
    return {Change(place, before, instead): because for instead in after}


PATIENCE = "The orphan ends long before: the limit is for one that does not."
FLUSHED = (
    "`python -m impl` has each line flushed; this is for who calls the demo otherwise, with the output in a pipe."
)
ASCII = "JSON is written in ASCII, and any locale's encoding agrees with UTF-8 on that."

EQUIVALENT = {
    **same(
        "joinable.main",
        "maxsize: int = 30,",
        "maxsize: int = 29,",
        "maxsize: int = 31,",
        because="How much the queue holds unless it is told, nobody is promised.",
    ),
    **same(
        "lock.restock",
        'draft.write_text(json.dumps({"count": count}), encoding="utf-8")',
        'draft.write_text(json.dumps({"count": count}))',
        because=ASCII,
    ),
    **same(
        "lock.query",
        'count = json.loads(stock.read_text(encoding="utf-8"))["count"]',
        'count = json.loads(stock.read_text())["count"]',
        because=ASCII,
    ),
    **same(
        "daemon.demo",
        "sys.exit() # whoever called this has no more code to run",
        "pass # whoever called this has no more code to run",
        because="`python -m impl` exits once the demo has returned; this is for who calls the demo otherwise.",
    ),
    **same(
        "orphan.demo",
        "watch, life = mp.Pipe(duplex=False)",
        "watch, life = mp.Pipe(duplex=True)",
        "watch, life = mp.Pipe()",
        because="Of a pipe for both ways, either end learns as well that the other is closed.",
    ),
    **same(
        "orphan.demo",
        "watch.poll(5 + 2 * pause) # ready once nobody has the other end open: the orphan has ended",
        "watch.poll(4 + 2 * pause) # ready once nobody has the other end open: the orphan has ended",
        "watch.poll(6 + 2 * pause) # ready once nobody has the other end open: the orphan has ended",
        "watch.poll(5 + 1 * pause) # ready once nobody has the other end open: the orphan has ended",
        "watch.poll(5 + 3 * pause) # ready once nobody has the other end open: the orphan has ended",
        "watch.poll(5 + 2 + pause) # ready once nobody has the other end open: the orphan has ended",
        "watch.poll(5 - 2 * pause) # ready once nobody has the other end open: the orphan has ended",
        because=PATIENCE,
    ),
    **same("orphan.demo", "life.close()", "pass", because=PATIENCE),
    **same("orphan.demo", "parent.join()", "pass", because="The end of the program joins the parent too."),
    **same(
        "orphan.demo",
        "task = partial(live_on, life, pause_for(2 * pause))",
        "task = partial(live_on, life, pause_for(3 * pause))",
        "task = partial(live_on, life, pause_for(2 + pause))",
        because="The orphan looks again later, and sees the same.",
    ),
    **same(
        "orphan.live_on",
        "with life:",
        "with __import__('contextlib').nullcontext():",
        because="The end of the process closes the pipe too.",
    ),
    **same(
        "orphan.introduce",
        'print(f"{who}: process {os.getpid()}, child of {whose}", flush=True)',
        'print(f"{who}: process {os.getpid()}, child of {whose}", flush=False)',
        'print(f"{who}: process {os.getpid()}, child of {whose}")',
        because=FLUSHED,
    ),
    **same(
        "orphan.leave",
        'print(f"parent: process {os.getpid()} leaves", flush=True)',
        'print(f"parent: process {os.getpid()} leaves", flush=False)',
        'print(f"parent: process {os.getpid()} leaves")',
        because=FLUSHED,
    ),
    **same(
        "queue.message_from_child",
        "queue = mp.Queue(3)",
        "queue = mp.Queue(2)",
        "queue = mp.Queue(4)",
        because="There is one message.",
    ),
    **same(
        "queue.answer_from_child",
        "here.close()",
        "pass",
        because="Python closes it when the function returns, for nobody else has it.",
    ),
}
"""They must survive: one that is caught is no equivalent."""

UNDECIDED = {
    **same(
        "__main__.watch",
        "os.waitpid(pid, 0)",
        "os.waitpid(pid, 1)",
        "pass",
        because="Whether the demo has cleaned up before the rest of its session is killed is a race.",
    ),
    **same(
        "__main__.watch",
        "shutil.rmtree(folder, ignore_errors=True)",
        "shutil.rmtree(folder, ignore_errors=False)",
        "shutil.rmtree(folder)",
        because="Whether somebody else removes a file meanwhile is a race.",
    ),
    **same(
        "orphan.demo",
        "task = partial(live_on, life, pause_for(2 * pause))",
        "task = partial(live_on, life, pause_for(1 * pause))",
        because="Whether the orphan looks again before its parent has left is a race.",
    ),
    **same(
        "orphan.leave",
        "pause()",
        "pass",
        because="Whether the child looks before its parent has left is a race.",
    ),
}
"""They may survive: when something happens is all that they change."""
