"""The mutants that no test can tell from the reference, each with the reason."""

from __future__ import annotations

from spec.selftest.mutation.mutants import Change


def same(place: str, before: str, *after: str, because: str) -> dict[Change, str]:
    """Return changes of one line that make no difference, with the reason."""
    return {Change(place, before, instead): because for instead in after}


PATIENCE = "The limit matters only if the orphan does not end, and it ends long before."
FLUSHED = (
    "`python -m impl` flushes each line; the argument matters only if the demo is called in another way, with a pipe."
)
ASCII = "JSON is written in ASCII, which is the same in UTF-8 and in the encoding of any locale."

EQUIVALENT_MUTANTS = {
    **same(
        "joinable.main",
        "maxsize: int = 30,",
        "maxsize: int = 29,",
        "maxsize: int = 31,",
        because="No documentation promises the default size of the queue.",
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
        "sys.exit()",
        "pass",
        because="`python -m impl` exits after the demo; the call matters only if the demo is called in another way.",
    ),
    **same(
        "orphan.demo",
        "watch, life = mp.Pipe(duplex=False)",
        "watch, life = mp.Pipe(duplex=True)",
        "watch, life = mp.Pipe()",
        because="In a pipe of two ways, too, each end learns that the other end is closed.",
    ),
    **same(
        "orphan.demo",
        "watch.poll(5 + 2 * pause)",
        "watch.poll(4 + 2 * pause)",
        "watch.poll(6 + 2 * pause)",
        "watch.poll(5 + 1 * pause)",
        "watch.poll(5 + 3 * pause)",
        "watch.poll(5 + 2 + pause)",
        "watch.poll(5 - 2 * pause)",
        because=PATIENCE,
    ),
    **same("orphan.demo", "life.close()", "pass", because=PATIENCE),
    **same("orphan.demo", "parent.join()", "pass", because="The end of the program joins the parent too."),
    **same(
        "orphan.demo",
        "task = partial(live_on, life, pause_for(2 * pause))",
        "task = partial(live_on, life, pause_for(3 * pause))",
        "task = partial(live_on, life, pause_for(2 + pause))",
        because="The orphan looks again at a later time, and sees the same.",
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
        because="Python closes the connection when the function returns, because nothing else refers to it.",
    ),
}
"""These mutants must survive: a mutant that a test notices is not equivalent."""

UNDECIDED_MUTANTS = {
    **same(
        "__main__.watch",
        "os.waitpid(pid, 0)",
        "os.waitpid(pid, 1)",
        "pass",
        because="It is a race whether the demo has cleaned up before the rest of its session is killed.",
    ),
    **same(
        "__main__.watch",
        "shutil.rmtree(folder, ignore_errors=True)",
        "shutil.rmtree(folder, ignore_errors=False)",
        "shutil.rmtree(folder)",
        because="It is a race whether another process removes a file at the same time.",
    ),
    **same(
        "orphan.demo",
        "task = partial(live_on, life, pause_for(2 * pause))",
        "task = partial(live_on, life, pause_for(1 * pause))",
        because="It is a race whether the orphan looks again before its parent has left.",
    ),
    **same(
        "orphan.leave",
        "pause()",
        "pass",
        because="It is a race whether the child looks before its parent has left.",
    ),
}
"""These mutants may survive: they only change when something happens."""
