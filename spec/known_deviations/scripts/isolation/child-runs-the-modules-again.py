import faulthandler
import multiprocessing
import os
import sys
import tempfile

mp = multiprocessing

MODULE = """
import os
imported_by = os.getpid()
def look(writer):
    writer.send((os.getpid(), imported_by))
"""


def run(target, *arguments):
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=target, args=(writer, *arguments))
    child.start()
    seen = reader.recv() if reader.poll(20) else None
    child.join()
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(45, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "a_module.py"), "w") as file:
            file.write(MODULE)
        os.chdir(folder)
        sys.path.insert(0, folder)
        import a_module

        child, imported_by = run(a_module.look) or (None, None)
    print(f"who ran the module of the child's target: expected the child, {child}, seen {imported_by}")
    sys.exit(child is None or child != imported_by)
