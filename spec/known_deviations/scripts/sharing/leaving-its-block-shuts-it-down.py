import multiprocessing
import os
import sys
from pathlib import Path

mp = multiprocessing


class Home:
    """Becomes the pid of the process that it is sent to."""

    def __reduce__(self):
        return os.getpid, ()


def serve(*errors):
    with mp.Manager() as manager:
        managers.append(manager)  # so that nothing but the block ends it
        shared = manager.dict(home=Home())
        servers.append(shared["home"])
        for error in errors:
            raise error


if __name__ == "__main__":
    managers, servers, passed_on = [], [], False
    serve()
    try:
        serve(KeyError("out of the block"))
    except KeyError:
        passed_on = True
    left = [Path(f"/proc/{server}").exists() for server in servers]
    print(f"the server exists after its block, and after one that an exception ended: expected no, seen {left}")
    print(f"the exception was passed on: expected True, seen {passed_on}")
    sys.exit(left != [False, False] or not passed_on)
