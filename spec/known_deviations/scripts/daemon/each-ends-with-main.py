import multiprocessing
import os
import subprocess
import sys
import time

mp = multiprocessing


def has_ended(pid):
    exe = f"/proc/{pid}/exe"  # a zombie has none
    return any(not os.path.exists(exe) or time.sleep(0.01) for _ in range(1000))


def work():
    os.write(1, f"{os.getpid()}\n".encode())
    time.sleep(30)


if __name__ == "__main__" and sys.argv[1:]:
    for _ in range(3):
        process = mp.Process(target=work)
        process.daemon = True
        process.start()
    sys.stdin.read()
elif __name__ == "__main__":
    command = [sys.executable, __file__, "program"]
    main = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pids = [int(main.stdout.readline()) for _ in range(3)]
    main.stdin.close()
    status = main.wait(timeout=20)
    seen = [has_ended(pid) for pid in {*pids} - {main.pid}]
    print(f"three daemons have ended with main: expected [True, True, True], seen {seen}; exit status {status}")
    sys.exit(seen != [True, True, True] or status != 0)
