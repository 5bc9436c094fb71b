"""The standard library as it is, where it does not meet a claim under any start method, or only under some.

The fault need not be put in.  `spec.selftest.defects.mended` has what the same claims hold on.
"""

from __future__ import annotations

from concurrent import futures
from functools import partial

from spec.selftest.defects import own_memory, own_processes
from spec.selftest.defects.declaration import Broken, Family

family = Family(__name__)
get_context, get_all_start_methods = family.get_context, family.get_all_start_methods


@family.breaks(
    "queue.closed-queue-has-no-file-open",
    "queue.items-behind-a-dropped-one-arrive",
    "queue.timed-get-ends-amid-an-item",
)
class Queues(Broken):
    """A queue of the standard library: it keeps files open, and an item that is not whole disturbs others."""

    Process = own_processes.ForkProcess


@family.breaks(
    "remote.client-with-a-key-is-told-that-there-is-none",
    "remote.server-holds-a-crowd-of-clients",
    "remote.silent-client-holds-nobody-up",
)
class Listeners(Broken):
    """A listener of the standard library: clients wait for those that prove nothing, and few can wait."""

    Process = own_processes.ForkProcess


@family.breaks(
    "condition.killed-waiter-stops-no-notifier",
    "condition.stopped-waiter-stops-no-notifier",
    "condition.waiters-handler-may-notify",
)
class Conditions(Broken):
    """A condition of the standard library: `notify` waits until the notified processes have woken."""

    Process = own_processes.ForkProcess


@family.breaks(
    "barrier.can-be-aborted-after-a-party-was-killed",
    "barrier.killed-party-hangs-nobody",
    "barrier.waiters-handler-may-abort",
)
class Barriers(Broken):
    """A barrier of the standard library: who opens or aborts it waits until those that wait have woken."""

    Process = own_processes.ForkProcess


@family.breaks(
    "event.killed-setter-leaves-it-usable",
    "event.killed-waiter-stops-no-setter",
    "event.setters-handler-may-ask",
    "event.stopped-waiter-stops-no-setter",
    "event.wait-is-true-though-it-is-cleared-at-once",
    "event.waiters-handler-may-set",
)
class Events(Broken):
    """An event of the standard library: `set` waits, with the lock held, until the waiting processes have woken."""

    Process = own_processes.ForkProcess


@family.breaks(
    "pool.killed-idle-worker-stops-no-pool",
    "pool.lost-item-is-told",
    "pool.lost-task-is-told",
)
class PoolsOfDeadWorkers(Broken):
    """A pool of the standard library: a wait for the task of a killed worker never ends."""

    Process = own_processes.ForkProcess


@family.breaks(
    "pool.failing-initializer-is-told",
    "pool.task-that-cannot-be-read-is-told",
    "pool.task-that-exits-is-told",
)
class PoolsOfFailingWorkers(Broken):
    """A pool of the standard library: it replaces a worker that fails, and tells nobody that its task is lost."""

    Process = own_processes.ForkProcess


@family.breaks(
    "pool.exception-that-cannot-be-read-is-told",
    "pool.failing-callback-stops-no-pool",
    "pool.result-that-cannot-be-read-is-told",
)
class PoolsOfOneThread(Broken):
    """A pool of the standard library: what fails in the thread that receives results stops the whole pool."""

    Process = own_processes.ForkProcess


@family.breaks(
    "pool.terminate-ends-amid-pickling",
    "pool.terminate-ends-what-ignores-sigterm",
    "pool.terminated-task-is-told",
    "pool.use-in-a-fork-is-refused",
)
class EndedPools(Broken):
    """A pool of the standard library: calls wait for ever for what `terminate` or a fork has cut off."""

    Process = own_processes.ForkProcess


@family.breaks("pool.chunks-of-nothing-make-up-no-results")
class PoolsOfChunks(Broken):
    """A pool of the standard library: `map` returns None for each item if its chunks have no size."""

    Process = own_processes.ForkProcess


@family.breaks("joinable.dropped-item-is-not-outstanding")
class JoinableQueues(Broken):
    """A joinable queue of the standard library: an item that cannot be pickled counts without end."""

    Process = own_processes.ForkProcess


@family.breaks("sharing.call-after-an-interrupted-one", "sharing.child-can-iterate-over-it")
class Calls(Broken):
    """A proxy of the standard library: some of its calls fail in a child, or get the answers to others."""

    Process = own_processes.ForkProcess


@family.breaks(
    "sharing.nested-list-is-dropped-with-its-key",
    "sharing.popped-value-is-dropped",
    "sharing.proxy-in-transit-keeps-its-object",
)
class References(Broken):
    """A manager of the standard library: it drops objects too early, or never."""

    Process = own_processes.ForkProcess


@family.breaks(
    "lifecycle.timed-join-ends-though-the-child-runs-another-program",
    "zombie.reaped-by-another-is-not-alive",
)
class Children(Broken):
    """A process of the standard library: it asks a pipe for its end, and not the kernel."""

    Process = own_processes.ForkProcess


@family.breaks(
    "lock.is-kept-for-a-child-that-starts",
    "lock.rlock-is-kept-for-a-child-that-starts",
    "queue.is-kept-for-a-child-that-starts",
)
class Arguments(Broken):
    """A process of the standard library: it drops its arguments before the child has them."""

    method = "spawn"
    Process = own_processes.SpawnProcess


@family.breaks(
    "executor.each-lost-task-has-its-exception",
    "executor.exception-that-cannot-be-unpickled-breaks-nothing",
    "executor.workers-end-with-a-killed-program",
)
class Executors(Broken):
    """An executor of the standard library: its workers share two pipes, and what cannot be received breaks it."""

    method = "spawn"
    Process = own_processes.SpawnProcess

    @property
    def ProcessPoolExecutor(self):
        return partial(futures.ProcessPoolExecutor, mp_context=self.context)


@family.breaks(
    "executor.cancelled-by-shutdown-is-done-for-all",
    "executor.task-that-no-worker-has-can-be-cancelled",
    "executor.unpicklable-task-does-not-delay-a-shutdown",
)
class ExecutorsThatCancel(Executors):
    """An executor of the standard library: it takes more tasks out of the row than workers, and tells nobody."""


@family.breaks(
    "executor.dropped-executor-leaves-nobody-waiting",
    "executor.killed-newcomer-hangs-nobody",
    "executor.replaced-worker-leaves-no-task-undone",
)
class ExecutorsThatReplace(Executors):
    """An executor of the standard library: it does not replace each worker, and does not watch each new one."""


@family.breaks("executor.false-exception-is-raised", "executor.replaces-workers-without-waiting")
class ExecutorsThatForget(Executors):
    """An executor of the standard library: it forgets exceptions that are false, and workers once it is shut down."""


@family.breaks(
    "executor.callback-that-exits-stops-nothing",
    "executor.lost-task-tells-the-exit-code",
    "executor.task-that-cannot-be-unpickled-tells-why",
    "executor.task-whose-pickling-exits-is-told",
)
class ExecutorsThatExit(Executors):
    """An executor of the standard library: `sys.exit` ends its threads, and it does not tell why a worker ended."""


@family.breaks("isolation.child-can-begin-in-a-removed-folder")
class RemovedFolders(Broken):
    """A process of the standard library: it is not started if it cannot be told the current working directory."""

    method = "spawn"
    Process = own_processes.SpawnProcess


@family.breaks(
    "lifecycle.timeout-of-a-join-may-be-long",
    "queue.timeouts-may-be-long",
    "wait.timeout-may-be-long",
)
class Timeouts(Broken):
    """A timed wait of the standard library: its milliseconds must be a C `int`."""

    Process = own_processes.ForkProcess


@family.breaks("values.is-kept-for-its-child")
class ForkedArguments(Broken):
    """A process of the standard library: it drops its arguments while the child uses them."""

    Process = own_processes.ForkProcess


@family.breaks("identity.starter-is-known-while-main-runs-again")
class Beginnings(Broken):
    """A child of the standard library: it runs the main module before it knows its starter."""

    method = "spawn"
    Process = own_processes.SpawnProcess


@family.breaks("identity.one-helper-is-the-parent-of-all", "isolation.helper-survives-a-client-that-hangs-up")
class ForkServers(Broken):
    """A fork server of the standard library: a hang-up ends it, and its children start fork servers of their own."""

    method = "forkserver"
    Process = own_processes.ForkServerProcess


@family.breaks(
    "lifecycle.sentinel-is-ready-though-a-copy-runs-on",
    "lifecycle.sentinel-tells-of-the-end-only",
)
class Sentinels(Broken):
    """A sentinel of the standard library: it is the end of a pipe, and is ready once nobody has the other end."""

    Process = own_processes.ForkProcess


@family.breaks("sharing.next-server-at-an-address-is-reached", "sharing.server-ends-with-a-killed-main")
class Servers(Broken):
    """A manager of the standard library: clients take the next server for the last, which may outlive its program."""

    Process = own_processes.ForkProcess


@family.breaks("shared_memory.failed-attach-removes-nothing", "shared_memory.program-without-room-is-silent")
class BlocksWithoutRoom(own_memory.StockMemory):
    """A block of the standard library: what it does when it has no room."""

    Process = own_processes.ForkProcess


@family.breaks(
    "shared_memory.made-by-a-child-it-outlives-it",
    "shared_memory.slash-before-a-name-makes-no-difference",
)
class BlocksOfOthers(own_memory.StockMemory):
    """A block of the standard library: the resource tracker takes it for what it is not, or removes it too early."""

    Process = own_processes.ForkProcess


@family.breaks(
    "shared_memory.program-that-ends-with-a-view-is-silent",
    "shared_memory.view-of-a-dropped-block-can-be-dropped",
)
class ViewsOfBlocks(own_memory.StockMemory):
    """A block of the standard library: it cannot be dropped while there is a view of it."""

    Process = own_processes.ForkProcess


@family.breaks(
    "shared_memory.index-before-the-first-is-refused",
    "shared_memory.list-has-texts-of-any-script",
    "shared_memory.list-keeps-nulls-at-the-end",
)
class ListsInBlocks(own_memory.StockMemory):
    """A list in shared memory of the standard library: how it counts characters, and places from the end."""

    Process = own_processes.ForkProcess


@family.breaks("shared_memory.refused-number-changes-nothing", "shared_memory.unlinked-block-disturbs-no-shutdown")
class FailuresOfLists(own_memory.StockMemory):
    """A list, and a manager, of the standard library: what a call that fails leaves undone."""

    Process = own_processes.ForkProcess
