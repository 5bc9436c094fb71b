import multiprocessing
import os
import subprocess
import sys

mp = multiprocessing


def hold():
    lock, queue = mp.Lock(), mp.Queue()
    with lock:
        queue.put("a ticket")
    print("holds them", flush=True)
    sys.stdin.read()


def used_by(pid):
    with open(f"/proc/{pid}/maps") as maps:
        return {int(line.split()[4]) for line in maps if "/dev/shm/" in line}


def names_of(inodes):
    return sorted(entry.name for entry in os.scandir("/dev/shm") if entry.inode() in inodes)


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(hold())
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    program = subprocess.Popen([sys.executable, __file__, "hold"], **pipes)
    if not program.stdout.readline():
        sys.exit(program.stderr.read().decode())
    used = used_by(program.pid)
    in_use = [
        os.open(f"/dev/shm/{name}", os.O_RDONLY) for name in names_of(used)
    ]  # so that nobody else tidies them up
    program.kill()
    try:
        program.communicate(timeout=30)  # until its helpers, too, have closed its stderr
    except subprocess.TimeoutExpired:
        sys.exit("hangs: a helper of a killed program")
    left = names_of(used)
    print(f"what is left in /dev/shm of a killed program: expected [], seen {left}")
    sys.exit(bool(left))
