import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(conn):
    conn.send(os.getpid())
    conn.poll(10)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    pid = here.recv()
    child.terminate()
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # still there, unless something reaps it meanwhile
    child.join()
    seen = f"{'signal' if end.si_code == os.CLD_KILLED else 'status'} {end.si_status}"
    expected = f"signal {int(signal.SIGTERM)}"
    print(f"how the terminated child ended: expected by {expected}, seen by {seen}")
    sys.exit(seen != expected)
