import multiprocessing
import sys

mp = multiprocessing


class Unpicklable:
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("cannot be pickled")


if __name__ == "__main__":
    receiver, sender = mp.Pipe(False)
    refusal = "no exception"
    try:
        sender.send(Unpicklable())
    except TypeError as error:
        refusal = str(error)
    try:
        sender.send("after")
        seen = receiver.recv()
    except Exception as error:
        seen = repr(error)
    print(f"send of what cannot be pickled: expected 'cannot be pickled', seen {refusal!r}")
    print(f"what is received then: expected 'after', seen {seen!r}")
    sys.exit((refusal, seen) != ("cannot be pickled", "after"))
