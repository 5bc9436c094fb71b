"""Namespaces, values, arrays and queues that a manager has made, and objects of a class that was registered."""

from __future__ import annotations

import copy
from queue import Empty, Full
from typing import Any

from spec.claims.sharing import registered
from spec.engine.fixtures import MakeWorker
from spec.engine.marks import needs, source
from spec.harness.witness import caller, containing, kernel, refuses
from spec.harness.worker import CallFailed

pytestmark = needs("Process", "Manager")


@source("https://docs.python.org/3/library/multiprocessing.html#namespace-objects")
def test_namespace_has_any_attributes(manager: Any, worker: MakeWorker) -> None:
    """All processes see the same attributes of a managed namespace; those that begin with `_` are the proxy's own."""
    namespace = manager.Namespace(x=1, y=2)
    child = worker(namespace=namespace)
    child.call("namespace.__setattr__", "z", [3])
    child.call("namespace.__delattr__", "y")
    caller.shows("the attributes x and z", (namespace.x, namespace.z), expected=(1, [3]))
    for name in "y", "nosuch":
        with refuses(AttributeError):
            getattr(namespace, name)
    namespace._own = 4
    with refuses(CallFailed, "AttributeError"):
        child.call("namespace.__getattr__", "_own")
    caller.shows("the str of the proxy", str(namespace), expected="Namespace(x=1, z=[3])")
    del namespace._own
    with refuses(AttributeError):
        namespace._own  # noqa: B018


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Value")
@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Array")
def test_managed_value_and_array_are_shared(manager: Any, worker: MakeWorker) -> None:
    """A managed value has one value, and a managed array its items, whichever process changes them."""
    value, array = manager.Value("i", 1), manager.Array("i", [1, 2, 3])
    child = worker(value=value, array=array)
    caller.shows("the value that a child gets", child.call("value.get"), expected=1)
    child.call("value.set", 2)
    caller.shows("the value after set()", (value.value, value.get()), expected=(2, 2))
    value.value = 3
    caller.shows("the value after it was assigned to", child.call("value.get"), expected=3)
    caller.shows("the str of the proxy", str(value), expected="Value('i', 3)")
    child.call("array.__setitem__", 0, 7)
    caller.shows("the length and the items of the array", (len(array), [*array[:]]), expected=(3, [7, 2, 3]))
    with refuses(IndexError):
        array[3]
    with refuses(TypeError):
        array[0] = "text"


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.SyncManager.Queue")
def test_managed_queue_behaves_as_one(manager: Any, worker: MakeWorker) -> None:
    """A managed queue gives items in order, blocks if it is empty or full, and can be joined."""
    for queue in manager.Queue(2), manager.JoinableQueue(2):
        one, another = worker(queue=queue), worker(queue=queue)
        one.begin("queue.get")
        kernel.shows("whether get() from an empty queue is blocked", one.blocks(), expected=True)
        for item in "a", "b", "c":
            another.call("queue.put", item)
        caller.shows("the item that get() returns", one.result(), expected="a")
        with refuses(Full):
            queue.put_nowait("d")
        facts = queue.qsize(), queue.full(), queue.empty()
        caller.shows("qsize(), full() and empty()", facts, expected=(2, True, False))
        caller.shows("the next two items", [queue.get(), one.call("queue.get", True, 3600)], expected=["b", "c"])
        with refuses(Empty):
            queue.get(timeout=0.05)
        another.begin("queue.join")
        for _ in range(3):
            kernel.shows("whether join() is blocked", another.blocks(), expected=True)
            one.call("queue.task_done")
        another.result()


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.register")
def test_any_class_can_be_registered(mp: Any, worker: MakeWorker) -> None:
    """The proxy of a registered class has the public methods of its object, or those named, and raises its errors."""
    kind = manager_class(mp)
    kind.register("Account", registered.Account)
    kind.register("Narrow", registered.Account, exposed=("deposit", "_secret"))
    with mp.Manager() as manager:
        account, narrow = manager.Account(5), manager.Narrow(amount=6)
        child = worker(account=account, narrow=narrow)
        caller.shows("what deposit() returns", child.call("account.deposit", 2), expected=7)
        caller.shows("what another deposit() returns", account.deposit(amount=3), expected=10)
        caller.shows("what deposit() of the other returns", child.call("narrow.deposit", 1), expected=7)
        with refuses(registered.Overdrawn, "11"):
            account.withdraw(11)
        with refuses(CallFailed, "Overdrawn"):
            child.call("account.withdraw", 11)
        names = "deposit", "withdraw", "_secret"
        seen = [[name for name in names if hasattr(proxy, name)] for proxy in (account, narrow)]
        caller.shows("the methods of the proxies", seen, expected=[["deposit", "withdraw"], ["deposit", "_secret"]])
        with refuses(Exception, "_secret"):
            account._callmethod("_secret")
        with refuses(TypeError):
            account.deposit("text")


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.register")
def test_answer_can_be_another_proxy(mp: Any, worker: MakeWorker) -> None:
    """A method that is registered with the type of its result returns a proxy of that type, even of an iterator."""
    kind = manager_class(mp)
    types = {"split": "Part", "installments": "Iterator"}
    kind.register("Part", create_method=False)
    kind.register("Splitting", registered.Account, method_to_typeid=types)
    with mp.Manager() as manager:
        account = manager.Splitting(10)
        part, numbers = account.split(4), account.installments()
        child = worker(account=account, part=part)
        deposits = child.call("part.deposit", 1), child.call("account.deposit", 1)
        caller.shows("what deposit() to the part and to the rest returns", deposits, expected=(5, 7))
        caller.shows("whether the manager makes parts", hasattr(manager, "Part"), expected=False)
        seen = next(numbers), numbers.send(3), numbers.send(1)
        caller.shows("what the generator yields", seen, expected=(7, 10, 11))
        caller.shows("whether the iterator is its own iterator", iter(numbers) is numbers, expected=True)
        numbers.close()
        with refuses(StopIteration):
            next(numbers)


@source("https://docs.python.org/3/library/multiprocessing.html#proxy-objects")
def test_proxy_shows_what_it_refers_to(manager: Any) -> None:
    """The str of a proxy is the repr of its object, its own repr names the type, and a deep copy is a plain list."""
    shared = manager.list([1, 2])
    caller.shows("the str of the proxy", str(shared), expected="[1, 2]")
    caller.shows("the repr of the proxy", repr(shared), expected=containing("object, typeid 'list' at 0x"))
    plain = copy.deepcopy(shared)
    shared.append(3)
    caller.shows("a deep copy of the proxy, and its class", (plain, type(plain)), expected=([1, 2], list))
    manager.shutdown()
    for part in "object, typeid 'list' at 0x", "'__str__()' failed>":
        caller.shows("the str of the proxy after shutdown", str(shared), expected=containing(part))


def manager_class(mp: Any) -> Any:
    """Return the class of the managers of an API, which is known to no other claim: each runs in its own process."""
    with mp.Manager() as manager:
        return type(manager)


@source("https://docs.python.org/3/library/multiprocessing.html#multiprocessing.managers.BaseManager.register")
def test_class_of_proxies_can_be_given(mp: Any, worker: MakeWorker) -> None:
    """A type that was registered with a class of proxies has proxies of that class, in other processes too."""
    with mp.Manager() as manager:
        kind, proxies = type(manager), type(manager.list())
    kind.register("Plain", list)
    kind.register("Special", list, proxies)
    with mp.Manager() as manager:
        plain, special = manager.Plain([1, 2]), manager.Special([1, 2])
        child = worker(special=special)
        caller.shows("what a child finds at the first place", child.call("special.__getitem__", 0), expected=1)
        caller.shows("whether the proxy is of the given class", type(special) is proxies, expected=True)
        special += [3]
        caller.shows("what a child finds at the last place", child.call("special.__getitem__", -1), expected=3)
        with refuses(TypeError):
            plain[0]
