import multiprocessing
import sys

mp = multiprocessing


def work():
    sys.exit(7)


if __name__ == "__main__":
    child = mp.Process(target=work)
    child.start()
    child.join()
    sent = []
    sys.addaudithook(lambda event, args: sent.append(args) if event == "os.kill" else None)
    try:
        child.terminate()
        seen = "no exception"
    except Exception as error:
        seen = repr(error)
    print(f"terminate() of a joined child: expected no exception, seen {seen}")
    print(f"signals sent to its pid, which may be another's: expected [], seen {sent}")
    print(f"its exit code: expected 7, seen {child.exitcode}")
    sys.exit(seen != "no exception" or sent != [] or child.exitcode != 7)
