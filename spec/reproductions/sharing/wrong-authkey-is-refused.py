import multiprocessing
import signal
import sys

mp = multiprocessing


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    expected = "digest sent was rejected"
    right = mp.current_process().authkey
    with mp.Manager() as manager:
        try:
            type(manager)(address=manager.address, authkey=b"not " + right).connect()
            seen = "let in"
        except mp.AuthenticationError as error:
            seen = str(error)
        print(f"a client with a wrong authkey: expected AuthenticationError: {expected}, seen {seen}")
        type(manager)(address=manager.address, authkey=right).connect()
        print("a client with the right authkey: expected let in, seen let in")
    sys.exit(expected not in seen)
