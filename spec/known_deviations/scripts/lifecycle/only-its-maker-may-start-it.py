import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn):
    conn.send(os.getpid())


def received(conn):
    messages = []
    while conn.poll():
        messages.append(conn.recv())
    return messages


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    reader, writer = os.pipe()
    stranger = os.fork()
    if stranger == 0:
        try:
            answer = f"no exception, but {child.start()}"
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writer, answer.encode())
        os._exit(0)
    os.waitpid(stranger, 0)
    seen = os.read(reader, 1000).decode()
    child.start()
    child.join()
    ran = received(here)
    expected = "AssertionError: can only start a process object created by current process"
    print(f"start() in another process than made it: expected {expected!r}, seen {seen!r}")
    print(f"pids of those that ran: expected {[child.pid]}, seen {ran}")
    sys.exit(expected not in seen or ran != [child.pid])
