import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress

mp = multiprocessing


def have_a_child(make, _lock, connection):
    child = make(target=signal.pause)
    child.start()
    connection.send(child.pid)
    signal.pause()


if __name__ == "__main__":
    if sys.argv[1:]:
        lock, (ours, theirs) = mp.Lock(), mp.Pipe()
        child = mp.Process(target=have_a_child, args=(mp.Process, lock, theirs))
        child.start()
        print(ours.recv(), flush=True)
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        sys.exit()
    program = subprocess.Popen([sys.executable, __file__, "program"], stdout=subprocess.PIPE, text=True)
    orphan = int(program.stdout.readline())
    with suppress(subprocess.TimeoutExpired):
        program.wait(10)
    seen = program.returncode
    print(f"the exit status of a program that an orphan outlives: expected 0, seen {seen}")
    os.kill(orphan, signal.SIGKILL)
    sys.exit(seen != 0)
