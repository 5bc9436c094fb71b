import multiprocessing
import os
import select
import signal
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    let_go = conn.poll(10)
    sys.exit(7 if let_go else 8)


def ready(sentinel, seconds):
    return bool(select.select([sentinel], [], [], seconds)[0])


if __name__ == "__main__":
    pipes = [mp.Pipe() for _ in range(3)]
    older, killed, younger = (mp.Process(target=work, args=(there,)) for _, there in pipes)
    for child in older, killed, younger:
        child.start()
    for here, _ in pipes:
        here.recv()
    os.kill(killed.pid, signal.SIGKILL)
    seen = [ready(killed.sentinel, 10), ready(older.sentinel, 0), ready(younger.sentinel, 0)]
    for here, _ in pipes:
        here.send("go")
    for child in older, killed, younger:
        child.join()
    ends = [older.exitcode, younger.exitcode]
    print(
        f"whether sentinels are ready, of a killed child and its siblings: expected [True, False, False], seen {seen}"
    )
    print(f"exit codes of the siblings, let go after that: expected [7, 7], seen {ends}")
    sys.exit(seen != [True, False, False] or ends != [7, 7])
