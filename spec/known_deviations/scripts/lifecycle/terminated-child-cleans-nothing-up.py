import atexit
import multiprocessing
import sys

mp = multiprocessing


def work(conn):
    atexit.register(conn.send, "exit handler")
    try:
        conn.send("ready")
        conn.poll(10)
    finally:
        conn.send("finally")


def received(conn):
    messages = []
    while conn.poll():
        messages.append(conn.recv())
    return messages


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    child.terminate()
    child.join()
    seen = received(here)
    print(f"what the terminated child ran at its end: expected [], seen {seen}")
    sys.exit(seen != [])
