"""What the repr of a process shows."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from spec.claims.identity import payloads
from spec.claims.shared.steps import leave
from spec.engine.fixtures import MakeCheckpoint, MakeForkedCall
from spec.engine.marks import needs, source
from spec.harness.witness import Matcher, caller

pytestmark = needs("Process", "current_process")


def words(*expected: str, but: tuple[str, ...] = ()) -> Matcher:
    """Expect a text that contains the *expected* words, and none of those in *but*."""
    return Matcher(
        f"a text with {', '.join(expected)}" + (f" and without {', '.join(but)}" if but else ""),
        lambda seen: all(word in seen for word in expected) and not any(word in seen for word in but),
    )


@source("https://docs.python.org/3/whatsnew/3.8.html#multiprocessing", observed=True)
def test_repr_tells_the_state(mp: Any, checkpoint: MakeCheckpoint, forked_call: MakeForkedCall) -> None:
    """The repr of a process has its name, its state and the pid of its starter, and after the start its pid."""
    here, me = checkpoint("here"), f"parent={os.getpid()}"
    child = mp.Process(target=here.pause, name="洪七", daemon=True)
    new = words("name='洪七'", me, "initial", "daemon", but=(" pid=", "started", "exitcode"))
    caller.shows("the repr of a process that was not started", repr(child), expected=new)
    child.start()
    running = words("name='洪七'", f" pid={child.pid}", me, "started", "daemon", but=("exitcode", "stopped"))
    caller.shows("the repr of a running child", repr(child), expected=running)
    seen = forked_call(repr, child).result()
    caller.shows("its repr in another process", seen, expected=words(me, "unknown", but=("started", "exitcode")))
    here.next()
    child.terminate()
    child.join()
    ended = words(f" pid={child.pid}", "stopped", "exitcode=-SIGTERM", but=("started",))
    caller.shows("the repr of a terminated child", repr(child), expected=ended)
    child.close()
    caller.shows("the repr of a closed one", repr(child), expected=words("name='洪七'", "closed", but=("exitcode",)))


@source("https://docs.python.org/3/whatsnew/3.8.html#multiprocessing", observed=True)
def test_repr_tells_the_exit_code(mp: Any, checkpoint: MakeCheckpoint) -> None:
    """The repr of a child that has ended has its exit code; that of the current process says that it has started."""
    for status in 0, 7:
        child = mp.Process(target=leave(status))
        child.start()
        child.join()
        seen = repr(child)
        caller.shows(
            "the repr of a joined child", seen, expected=words("stopped", f"exitcode={status}", but=("daemon",))
        )
    here = checkpoint("here")
    child = mp.Process(target=partial(payloads.tell_repr, mp.current_process, here.pause))
    child.start()
    [seen] = here.next().let_go().notes
    own = words(f"parent={os.getpid()}", "started", but=("exitcode", "unknown"))
    caller.shows("the repr of the child in itself", seen, expected=own)
    child.join()
