import faulthandler
import multiprocessing
import os
import select
import subprocess
import sys

mp = multiprocessing


def watch():
    starter = mp.parent_process()
    print(starter.pid, starter.is_alive(), flush=True)
    select.select([starter.sentinel], [], [], 15)
    print(starter.pid, starter.is_alive(), flush=True)


def program():
    daemon = mp.Process(target=watch)
    daemon.daemon = True
    daemon.start()
    sys.stdin.read()


def check():
    faulthandler.dump_traceback_later(45, exit=True)
    main = subprocess.Popen([sys.executable, __file__, "program"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    before = main.stdout.readline().decode().split()
    early = bool(select.select([main.stdout], [], [], 0.3)[0])
    main.kill()
    main.wait()
    after = main.stdout.readline().decode().split()
    pid = str(main.pid)
    print(f"starter's pid, and whether alive, while main runs: expected {[pid, 'True']}, seen {before}")
    print(f"its sentinel was ready: expected False, seen {early}")
    print(f"after main was killed: expected {[pid, 'False']}, seen {after}")
    sys.exit((before, early, after) != ([pid, "True"], False, [pid, "False"]))


if __name__ == "__main__":
    program() if sys.argv[1:] else check()
