import faulthandler
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import time

mp = multiprocessing


def watch():
    starter = mp.parent_process()
    print("daemon", flush=True)
    select.select([starter.sentinel], [], [], 10)
    print("alive" if starter.is_alive() else "dead", flush=True)


def work():
    print(os.getpid(), flush=True)
    time.sleep(30)


if __name__ == "__main__" and sys.argv[1:]:
    daemon = mp.Process(target=watch)
    daemon.daemon = True
    daemon.start()
    sys.stdin.readline()
    mp.Process(target=work).start()
    sys.stdin.read()
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    main.stdout.readline()
    main.stdin.write("\n")
    sibling = int(main.stdout.readline())
    main.kill()
    main.wait()
    told = select.select([main.stdout], [], [], 15)[0]
    seen = main.stdout.readline().strip() if told else "nothing"
    runs = os.path.exists(f"/proc/{sibling}/exe")
    os.kill(sibling, signal.SIGKILL)
    print(f"main to its daemon after it was killed: expected 'dead', seen {seen!r}; its sibling runs: {runs}")
    sys.exit(seen != "dead" or not runs)
