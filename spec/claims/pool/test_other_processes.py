"""A pool and the processes that did not make it: it is used by its maker only, and others leave it alone."""

from __future__ import annotations

import os
import pickle

from impl.contract import Multiprocessing, Pool
from spec.claims.pool import payloads
from spec.claims.pool.scenes import ends
from spec.engine.fixtures import MakeForkedCall
from spec.engine.marks import fresh_memory, needs, source, where
from spec.harness.process_table import ALIVE, state
from spec.harness.witness import caller, kernel, refuses

pytestmark = needs("Process", "Pool")

DOCUMENTATION = "https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool"


@source(DOCUMENTATION)
def test_is_never_pickled(pool: Pool) -> None:
    """A pool cannot be pickled, so it cannot be an argument of its tasks; after the refusal it still works."""
    with refuses(Exception):
        pickle.dumps(pool)
    with refuses(Exception):
        pool.apply(payloads.return_it, (pool,))
    caller.shows("the result of a task", pool.apply(abs, (-1,)), expected=1)


@where(fresh_memory)
@source(DOCUMENTATION)
def test_is_never_handed_over(mp: Multiprocessing, pool: Pool) -> None:
    """Where children begin with fresh memory, a child to which a pool is passed is not started."""
    child = mp.Process(target=payloads.use, args=(pool,))
    with refuses(Exception):
        child.start()
    caller.shows("the result of a task", pool.apply(abs, (-1,)), expected=1)


@source("https://github.com/python/cpython/issues/80473", observed=True)
@source(DOCUMENTATION)
def test_use_in_a_fork_is_refused(pool: Pool, forked_call: MakeForkedCall) -> None:
    """A fork of the process that made a pool cannot use it, and gets an exception if it tries."""
    user = forked_call(payloads.use, pool)
    caller.shows("whether the call ends", ends(user), expected=True)
    caller.shows("whether it raises an exception", user.failure() != "", expected=True)
    caller.shows("the result of a task of its maker's", pool.apply(abs, (-1,)), expected=1)


@source(DOCUMENTATION, observed=True)
def test_outlives_other_children(mp: Multiprocessing, pool: Pool) -> None:
    """A pool keeps working when another child of its maker starts and ends."""
    before = pool.apply_async(os.getpid).get()
    children = [mp.Process(target=payloads.return_it, args=(number,)) for number in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    kernel.shows("the state of a worker", state(before), expected=ALIVE)
    caller.shows("the results of later tasks", pool.map(abs, [-1, -2, -3]), expected=[1, 2, 3])


@source("https://docs.python.org/3/library/os.html#os.fork", observed=True)
def test_outlives_a_fork_of_its_maker(pool: Pool, forked_call: MakeForkedCall) -> None:
    """A fork of the process that made a pool, and that ends meanwhile, leaves the pool alone."""
    before = pool.apply(os.getpid)
    forked_call(len, "nothing").result()
    kernel.shows("the state of a worker", state(before), expected=ALIVE)
    caller.shows("the results of later tasks", pool.map(abs, [-1, -2, -3]), expected=[1, 2, 3])
