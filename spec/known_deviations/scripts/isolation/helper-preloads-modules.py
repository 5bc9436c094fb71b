import multiprocessing
import sys

mp = multiprocessing


def tell(writer):
    writer.send("colorsys" in sys.modules)


if __name__ == "__main__":
    mp.set_forkserver_preload(["colorsys"])
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=tell, args=(writer,))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    print(f"whether a child has imported what the fork server was to preload: expected True, seen {seen}")
    sys.exit(seen is not True)
