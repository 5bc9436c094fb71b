import multiprocessing
import sys

mp = multiprocessing


def work():
    sys.exit(7)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    child.join()
    try:
        child.terminate()
        seen = "no exception"
    except Exception as error:
        seen = repr(error)
    print(f"terminate() of a joined child: expected no exception, seen {seen}")
    print(f"its exit code: expected 7, seen {child.exitcode}")
    sys.exit(seen != "no exception" or child.exitcode != 7)
