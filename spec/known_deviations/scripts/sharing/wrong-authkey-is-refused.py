import multiprocessing
import signal
import sys
from multiprocessing.connection import Client

mp = multiprocessing


def answer_to(digest, address):
    try:
        with Client(address) as stranger:
            stranger.recv_bytes()
            stranger.send_bytes(digest)
            return stranger.recv_bytes()
    except (EOFError, ConnectionError) as error:
        return repr(error)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("hangs: expected to end within 30 seconds"))
    signal.alarm(30)
    expected, welcome = "digest sent was rejected", b"#WELCOME#"
    right = mp.current_process().authkey
    with mp.Manager() as manager:
        try:
            type(manager)(address=manager.address, authkey=b"not " + right).connect()
            seen = "let in"
        except mp.AuthenticationError as error:
            seen = str(error)
        print(f"a client with a wrong authkey: expected AuthenticationError: {expected}, seen {seen}")
        answer = answer_to(b"no digest".ljust(16), manager.address)
        print(f"the answer to a digest made up: expected anything but {welcome}, seen {answer}")
        type(manager)(address=manager.address, authkey=right).connect()
        print("a client with the right authkey: expected let in, seen let in")
    sys.exit(expected not in seen or answer == welcome)
