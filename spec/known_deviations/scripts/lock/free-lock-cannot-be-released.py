import multiprocessing
import sys

mp = multiprocessing

if __name__ == "__main__":
    expected = "ValueError: semaphore or lock released too many times"
    try:
        mp.Lock().release()
        seen = "no exception"
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
    print(f"release() of a lock that nobody holds: expected {expected}, seen {seen}")
    sys.exit(expected not in seen)
