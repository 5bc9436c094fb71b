import multiprocessing
import os
import sys

module = multiprocessing


def tell(writer):
    writer.send(os.getppid())


if __name__ == "__main__":
    reader, writer = module.Pipe(duplex=False)
    child = module.Process(target=tell, args=(writer,))
    child.start()
    parent = reader.recv() if reader.poll(20) else None
    child.join()
    method = module.get_start_method()
    print(f"the start method, if none is named: expected forkserver, seen {method}")
    print(f"the parent of such a child: expected another, seen {parent}; its starter is {os.getpid()}")
    sys.exit(method != "forkserver" or parent == os.getpid())
