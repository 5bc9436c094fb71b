import multiprocessing
import sys

mp = multiprocessing


def use(semaphore):
    semaphore.acquire(False)


if __name__ == "__main__":
    child = mp.Process(target=use, args=(mp.get_context("fork").Semaphore(1),))
    try:
        child.start()
    except RuntimeError:
        seen = "RuntimeError"
    else:
        child.join()
        seen = f"a child that ends with exit code {child.exitcode}"
    print(
        f"the start of a child with a semaphore of the context fork: expected RuntimeError, seen {seen}", flush=True
    )
    sys.exit(seen != "RuntimeError")
