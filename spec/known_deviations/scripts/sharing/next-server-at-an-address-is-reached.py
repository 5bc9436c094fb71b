import multiprocessing
import os
import sys
import tempfile

mp = multiprocessing


def use_each(kind, address, addresses, results):
    kept = []
    while addresses.recv():
        client = kind(address, b"key")
        client.connect()
        kept.append(client.dict())
        try:
            kept[-1]["key"] = "value"
        except OSError as error:
            results.send(repr(error))
        else:
            results.send("value")


if __name__ == "__main__":
    with mp.Manager() as manager:
        kind = type(manager)
    address = os.path.join(tempfile.mkdtemp(), "address")
    addresses, ours = mp.Pipe(duplex=False)
    results, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=use_each, args=(kind, address, addresses, theirs))
    child.start()
    seen = []
    for _ in range(2):
        server = kind(address, b"key")
        server.start()
        ours.send(True)
        seen.append(results.recv())
        server.shutdown()
    ours.send(False)
    child.join()
    print(f"what a client puts into dicts of two servers, one after the other: expected 'value' twice, seen {seen}")
    sys.exit(seen != ["value"] * 2)
