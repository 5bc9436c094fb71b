"""What several threads of one process do at the same time."""

from __future__ import annotations

import threading
from queue import Empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any, Callable

    from impl.contract import Lock, Pause, Queue
    from spec.harness.recorder import Recorder


def in_each_of(count: int, call: Callable[[], Any]) -> list[Any]:
    """Call *call* in *count* threads at once, and return the results, in any order."""
    returned: list[Any] = []
    callers = [threading.Thread(target=lambda: returned.append(call())) for _ in range(count)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return returned


def beside(wait: Callable[[], object], waiting: Pause, meanwhile: Callable[[], object]) -> tuple[bool, Any, Any]:
    """Call *wait* in a second thread, stop at *waiting*, and then call *meanwhile* in a third thread.

    Returns:
        whether the second thread was still waiting when *meanwhile* was called; the result of *meanwhile*; the result
        of *wait*.
    """
    waited: list[Any] = []
    second = threading.Thread(target=lambda: waited.append(wait()))
    second.start()
    waiting()
    waits, returned = not waited, []
    third = threading.Thread(target=lambda: returned.append(meanwhile()))
    third.start()
    third.join()
    second.join()
    return waits, returned[0], waited[0]


def lock_beside(lock: Lock, waiting: Pause) -> tuple[bool, bool, bool]:
    """Acquire *lock*; while a second thread waits for it, a third thread tries to acquire it, and releases it."""

    def try_and_release() -> bool:
        acquired = lock.acquire(False)
        lock.release()
        return acquired

    lock.acquire()
    return beside(lock.acquire, waiting, try_and_release)


def get_beside(queue: Queue, waiting: Pause) -> tuple[bool, Any, Any]:
    """While a second thread waits for an item, a third thread tries to get one without waiting, and puts one."""

    def try_and_put() -> Any:
        try:
            return queue.get(False)
        except Empty:
            return "nothing"
        finally:
            queue.put("dumpling")

    return beside(lambda: queue.get(True, 3600), waiting, try_and_put)


def look_up_beside(shared: MutableMapping[object, int], key: object, waiting: Pause) -> tuple[bool, int, object]:
    """While a second thread looks up *key*, a third thread looks up ``"num"``, and stops at *waiting* with it."""

    def look_up_and_stop() -> int:
        number = shared["num"]
        waiting(number)
        return number

    return beside(lambda: shared.get(key), waiting, look_up_and_stop)


def task_in_a_thread(task: Callable[[], object], leaving: Pause, daemon: bool = False) -> None:
    """Run *task* in a second thread, a *daemon* thread or not, stop at *leaving*, and return without joining it."""
    threading.Thread(target=task, daemon=daemon).start()
    leaving()


def tasks_of_a_thread_pool(task: Callable[[], object], count: int, leaving: Pause) -> None:
    """Give *task* to a pool of one thread *count* times, stop at *leaving*, and return without a shutdown."""
    from concurrent.futures import ThreadPoolExecutor  # here, so that other children do not import it

    pool = ThreadPoolExecutor(1)
    for _ in range(count):
        pool.submit(task)
    leaving()


def run_coroutine(log: Recorder) -> None:
    """Run a coroutine in an event loop of this process, and record ``ran``."""
    import asyncio  # here, so that other children do not import it

    async def tell() -> None:
        await asyncio.sleep(0)
        log("ran")

    asyncio.run(tell())
