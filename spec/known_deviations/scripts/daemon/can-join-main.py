import faulthandler
import multiprocessing
import select
import subprocess
import sys

mp = multiprocessing


def watch():
    starter = mp.parent_process()
    starter.join(0)
    print(starter.is_alive(), flush=True)
    starter.join()
    print(starter.is_alive(), flush=True)


def told(file, seconds):
    return file.readline().decode().strip() if select.select([file], [], [], seconds)[0] else "nothing"


if __name__ == "__main__" and sys.argv[1:]:
    daemon = mp.Process(target=watch)
    daemon.daemon = True
    daemon.start()
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    before, early = told(main.stdout, 20), told(main.stdout, 2)
    main.kill()
    main.wait()
    after = told(main.stdout, 10) if early == "nothing" else early
    seen = before, early, after
    print(
        f"whether main is alive, after a daemon's join(0) of its parent_process(): expected 'True', seen {before!r}"
    )
    print(f"after its join(), while main runs: expected 'nothing', as that waits, seen {early!r}")
    print(f"and when main was killed: expected 'False', seen {after!r}")
    sys.exit(seen != ("True", "nothing", "False"))
