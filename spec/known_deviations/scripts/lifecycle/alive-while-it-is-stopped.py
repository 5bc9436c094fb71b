import multiprocessing
import os
import signal
import sys

mp = multiprocessing


def work(conn):
    conn.send("ready")
    let_go = conn.poll(10)
    sys.exit(7 if let_go else 8)


def give_up(*_):
    print("is_alive() or exitcode of a stopped child: expected an answer, seen none in 10 s", flush=True)
    os.kill(child.pid, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    here, there = mp.Pipe()
    child = mp.Process(target=work, args=(there,))
    child.start()
    here.recv()
    signal.signal(signal.SIGALRM, give_up)
    os.kill(child.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
    signal.alarm(10)
    seen = child.is_alive(), child.exitcode
    signal.alarm(0)
    here.send("go")
    os.kill(child.pid, signal.SIGCONT)
    end = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    child.join()
    print(f"is_alive() and exitcode of a stopped child: expected (True, None), seen {seen}")
    print(f"exit status of the child, which went on: expected 7, seen {end.si_status}")
    sys.exit(seen != (True, None) or (end.si_code, end.si_status) != (os.CLD_EXITED, 7))
