import multiprocessing
import os
import sys

mp = multiprocessing


def tell(writer):
    writer.send(os.environ.get("PROBE"))


if __name__ == "__main__":
    seen = []
    for value in "then", "now":
        os.environ["PROBE"] = value
        reader, writer = mp.Pipe(duplex=False)
        child = mp.Process(target=tell, args=(writer,))
        child.start()
        seen.append(reader.recv() if reader.poll(20) else None)
        child.join()
    print("an environment variable in two children; the starter changes it from 'then' to 'now' after the first:")
    print(f"expected ['then', 'then'], seen {seen}")
    sys.exit(seen != ["then", "then"])
