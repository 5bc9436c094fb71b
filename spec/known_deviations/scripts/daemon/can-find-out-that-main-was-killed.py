import faulthandler
import multiprocessing
import select
import subprocess
import sys
import time

mp = multiprocessing


def watch():
    starter = mp.parent_process()
    print(starter.pid, starter.is_alive(), flush=True)
    select.select([starter.sentinel], [], [], 15)
    time.sleep(1)
    print(starter.pid, starter.is_alive(), flush=True)


def told(file):
    return file.readline().decode().split() if select.select([file], [], [], 20)[0] else "nothing"


if __name__ == "__main__" and sys.argv[1:]:
    daemon = mp.Process(target=watch)
    daemon.daemon = True
    daemon.start()
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    before = told(main.stdout)
    early = bool(select.select([main.stdout], [], [], 2)[0])
    main.kill()
    main.wait()
    after = told(main.stdout)
    pid = str(main.pid)
    print(f"starter's pid, and whether alive, while main runs: expected {[pid, 'True']}, seen {before}")
    print(f"the daemon has learnt of its end meanwhile: expected False, seen {early}")
    print(f"after main was killed: expected {[pid, 'False']}, seen {after}")
    sys.exit((before, early, after) != ([pid, "True"], False, [pid, "False"]))
