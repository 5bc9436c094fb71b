import multiprocessing
import sys

mp = multiprocessing


def use(value, made, found):
    made.recv()
    found.send(value.value)


if __name__ == "__main__":
    (made, tell), (answer, found) = mp.Pipe(False), mp.Pipe(False)
    child = mp.Process(target=use, args=(mp.RawValue("i", 1), made, found))
    child.start()
    another = mp.RawValue("i", 2)
    tell.send("made")
    seen = answer.recv()
    child.join()
    print(f"a child's value of 1, after its starter has made another one of {another.value}: expected 1, seen {seen}")
    sys.exit(seen != 1)
