import multiprocessing
import os
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    reader, writer = os.pipe()
    stranger = os.fork()
    if stranger == 0:
        try:
            answer = f"no exception, but {child.is_alive()}"
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writer, answer.encode())
        os._exit(0)
    os.waitpid(stranger, 0)
    seen = os.read(reader, 1000).decode()
    here.send("go")
    child.join()
    expected = "AssertionError: can only test a child process"
    print(f"is_alive() in another process than the starter: expected {expected!r}, seen {seen!r}")
    sys.exit(expected not in seen)
