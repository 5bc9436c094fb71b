import multiprocessing
import sys

mp = multiprocessing
VALUES = (None, 0, b"x" * 2**21, ValueError("an exception"), len, ("text", [2**100]))


def send(sender):
    for value in VALUES:
        sender.send(value)


if __name__ == "__main__":
    receiver, sender = mp.Pipe(False)
    mp.Process(target=send, args=(sender,), daemon=True).start()
    wrong = 0
    for value in VALUES:
        try:
            seen = repr(receiver.recv()) if receiver.poll(10) else "nothing"
        except Exception as error:
            seen = f"raised {error!r}"
        if seen != repr(value):
            wrong += 1
            print(f"what is received: expected {value!r:.80}, seen {seen:.80}")
    print(f"values that did not arrive as they were sent: expected 0, seen {wrong}")
    sys.exit(wrong > 0)
