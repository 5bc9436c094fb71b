import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time

mp = multiprocessing


def work(news, go_on):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    news.send("ready")
    go_on.recv()
    sys.exit(7)


if __name__ == "__main__" and sys.argv[1:]:
    news, theirs = mp.Pipe(duplex=False)
    go_on, mine = mp.Pipe(duplex=False)
    child = mp.Process(target=work, args=(theirs, go_on))
    child.start()
    news.recv()
    try:
        os.write(1, b"ready\n")
        sys.stdin.read()
    except KeyboardInterrupt:
        time.sleep(1)  # whoever does not handle it has ended
    mine.send("go on")
    child.join()
    print(child.exitcode, flush=True)
    another = mp.Process(target=sys.exit, args=(3,))
    another.start()
    another.join()
    print(another.exitcode)
elif __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    command = [sys.executable, __file__, "program"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    main = subprocess.Popen(command, **pipes, text=True, start_new_session=True)
    main.stdout.readline()
    os.killpg(main.pid, signal.SIGINT)
    seen = main.communicate()[0].split()
    print(f"exit codes of a child and of one started after Ctrl-C: expected ['7', '3'], seen {seen}")
    sys.exit(seen != ["7", "3"])
