"""APIs that meet the claims which the standard library is known not to meet: such claims can hold.

Each is a context of the standard library's, with one thing mended, and a target like any other::

    pytest spec/ --mp spec.selftest.defects.mended:locks
"""

from __future__ import annotations

from spec.selftest.defects.declaration import Contexts
from spec.selftest.defects.mended_listeners import Listeners
from spec.selftest.defects.mended_managers import Proxies, Servers
from spec.selftest.defects.mended_pools import Pools
from spec.selftest.defects.mended_primitives import Conditions, Events, Locks, Queues
from spec.selftest.defects.mended_processes import ForkServers, Reapers, RemovedFolders, Sentinels, Starters
from spec.selftest.defects.mended_waits import Waits
from spec.selftest.defects.own_executors import Executors, ForkedExecutors
from spec.selftest.defects.own_memory import Memory
from spec.selftest.defects.own_reusables import ReusableExecutors
from spec.selftest.defects.steered_pools import SteeredPools

MEETS = {
    "conditions": [
        "barrier.can-be-aborted-after-a-party-was-killed",
        "barrier.killed-party-hangs-nobody",
        "barrier.waiters-handler-may-abort",
        "condition.killed-waiter-stops-no-notifier",
        "condition.stopped-waiter-stops-no-notifier",
        "condition.waiters-handler-may-notify",
    ],
    "events": [
        "event.killed-setter-leaves-it-usable",
        "event.killed-waiter-stops-no-setter",
        "event.setters-handler-may-ask",
        "event.stopped-waiter-stops-no-setter",
        "event.wait-is-true-though-it-is-cleared-at-once",
        "event.waiters-handler-may-set",
    ],
    "executors": [
        "executor.callback-that-exits-stops-nothing",
        "executor.cancelled-by-shutdown-is-done-for-all",
        "executor.dropped-executor-leaves-nobody-waiting",
        "executor.each-lost-task-has-its-exception",
        "executor.exception-that-cannot-be-unpickled-breaks-nothing",
        "executor.false-exception-is-raised",
        "executor.killed-newcomer-hangs-nobody",
        "executor.lost-task-tells-the-exit-code",
        "executor.replaced-worker-leaves-no-task-undone",
        "executor.replaces-workers-without-waiting",
        "executor.task-that-cannot-be-unpickled-tells-why",
        "executor.task-that-no-worker-has-can-be-cancelled",
        "executor.task-whose-pickling-exits-is-told",
        "executor.unpicklable-task-does-not-delay-a-shutdown",
        "executor.workers-end-with-a-killed-program",
    ],
    "queues": [
        "joinable.dropped-item-is-not-outstanding",
        "queue.closed-queue-has-no-file-open",
        "queue.items-behind-a-dropped-one-arrive",
        "queue.timed-get-ends-amid-an-item",
    ],
    "locks": [
        "lock.is-kept-for-a-child-that-starts",
        "lock.rlock-is-kept-for-a-child-that-starts",
        "queue.is-kept-for-a-child-that-starts",
        "values.is-kept-for-its-child",
    ],
    "memory": [
        "shared_memory.failed-attach-removes-nothing",
        "shared_memory.index-before-the-first-is-refused",
        "shared_memory.list-has-texts-of-any-script",
        "shared_memory.list-keeps-nulls-at-the-end",
        "shared_memory.made-by-a-child-it-outlives-it",
        "shared_memory.program-that-ends-with-a-view-is-silent",
        "shared_memory.program-without-room-is-silent",
        "shared_memory.refused-number-changes-nothing",
        "shared_memory.slash-before-a-name-makes-no-difference",
        "shared_memory.unlinked-block-disturbs-no-shutdown",
        "shared_memory.view-of-a-dropped-block-can-be-dropped",
    ],
    "pools": [
        "pool.chunks-of-nothing-make-up-no-results",
        "pool.exception-that-cannot-be-read-is-told",
        "pool.failing-callback-stops-no-pool",
        "pool.failing-initializer-is-told",
        "pool.killed-idle-worker-stops-no-pool",
        "pool.lost-item-is-told",
        "pool.lost-task-is-told",
        "pool.result-that-cannot-be-read-is-told",
        "pool.task-that-cannot-be-read-is-told",
        "pool.task-that-exits-is-told",
        "pool.terminate-ends-amid-pickling",
        "pool.terminate-ends-what-ignores-sigterm",
        "pool.terminated-task-is-told",
        "pool.use-in-a-fork-is-refused",
    ],
    "proxies": [
        "sharing.call-after-an-interrupted-one",
        "sharing.child-can-iterate-over-it",
        "sharing.nested-list-is-dropped-with-its-key",
        "sharing.popped-value-is-dropped",
        "sharing.proxy-in-transit-keeps-its-object",
    ],
    "listeners": [
        "remote.client-with-a-key-is-told-that-there-is-none",
        "remote.server-holds-a-crowd-of-clients",
        "remote.silent-client-holds-nobody-up",
    ],
    "starters": ["identity.starter-is-known-while-main-runs-again"],
    "fork-servers": [
        "identity.one-helper-is-the-parent-of-all",
        "isolation.helper-survives-a-client-that-hangs-up",
    ],
    "sentinels": [
        "lifecycle.sentinel-is-ready-though-a-copy-runs-on",
        "lifecycle.sentinel-tells-of-the-end-only",
    ],
    "servers": [
        "sharing.next-server-at-an-address-is-reached",
        "sharing.server-ends-with-a-killed-main",
    ],
    "removed-folders": ["isolation.child-can-begin-in-a-removed-folder"],
    "reapers": [
        "lifecycle.timed-join-ends-though-the-child-runs-another-program",
        "zombie.reaped-by-another-is-not-alive",
    ],
    "waits": [
        "lifecycle.timeout-of-a-join-may-be-long",
        "queue.timeouts-may-be-long",
        "wait.timeout-may-be-long",
    ],
}
"""By the name of the API, the claims that it meets and the standard library does not."""

PROVIDES = {
    "reusable-executors": [
        "executor.broken-one-is-replaced",
        "executor.idle-workers-exit-in-time",
        "executor.impossible-number-is-refused",
        "executor.may-be-reused-or-not",
        "executor.number-changes-when-tasks-are-done",
        "executor.number-of-workers-changes",
        "executor.other-arguments-make-another",
        "executor.pickling-may-outlast-idle-workers",
        "executor.pickling-may-outlast-idle-workers-and-a-shutdown",
        "executor.program-that-reuses-one-ends",
        "executor.replaced-one-does-its-tasks",
        "executor.same-one-is-returned",
        "executor.shutdown-can-end-tasks",
        "executor.shutdown-can-end-what-tasks-have-started",
        "executor.superfluous-workers-exit",
        "executor.tasks-can-be-interrupted",
        "executor.threads-may-ask-at-once",
        "executor.worker-may-have-one-too",
        "executor.workers-have-the-environment",
        "executor.workers-of-a-killed-program-exit-in-time",
    ],
    "steered-pools": [
        "pool.accepted-task-is-told",
        "pool.busy-pool-does-not-shrink",
        "pool.each-task-has-its-limit",
        "pool.exceeded-hard-limit-can-be-caught",
        "pool.exceeded-limit-is-called-back",
        "pool.giver-may-wait-for-an-idle-worker",
        "pool.grown-pool-does-more-at-once",
        "pool.hard-limit-ends-the-worker",
        "pool.hard-limit-leaves-the-pool-usable",
        "pool.limits-suit-all-ways-to-map",
        "pool.patience-for-lost-tasks-can-be-set",
        "pool.lost-worker-can-be-caught",
        "pool.program-may-watch-the-limits-itself",
        "pool.restart-replaces-all-workers",
        "pool.shrunk-pool-loses-idle-workers",
        "pool.soft-limit-that-is-not-caught-is-told",
        "pool.task-can-be-terminated",
        "pool.task-may-catch-its-soft-limit",
        "pool.task-may-have-limits-of-its-own",
        "pool.task-may-have-the-only-limit",
        "pool.worker-that-has-grown-is-replaced",
        "pool.workers-that-come-and-go-are-told",
    ],
}
"""By the name of the API, the claims about what it provides and the standard library does not."""

contexts = Contexts()
get_context, get_all_start_methods = contexts.get_context, contexts.get_all_start_methods

for api in (
    Conditions,
    Events,
    Executors,
    ForkedExecutors,
    Queues,
    Listeners,
    Locks,
    Memory,
    Pools,
    Proxies,
    Starters,
    ForkServers,
    RemovedFolders,
    Reapers,
    Sentinels,
    Servers,
    Waits,
    SteeredPools,
    ReusableExecutors,
):
    contexts.add(api)
