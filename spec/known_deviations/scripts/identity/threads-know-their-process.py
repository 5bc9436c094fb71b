import multiprocessing
import sys
import threading

mp = multiprocessing


def tell(news):
    process = mp.current_process()
    news.send((process.pid, process.name))


def tell_in_a_thread(news):
    thread = threading.Thread(target=tell, args=(news,))
    thread.start()
    thread.join()


if __name__ == "__main__":
    news, theirs = mp.Pipe(duplex=False)
    child = mp.Process(target=tell_in_a_thread, args=(theirs,))
    child.start()
    child.join()
    seen = news.recv() if news.poll() else None
    expected = (child.pid, child.name)
    print(f"current_process() in a second thread of a child, pid and name: expected {expected}, seen {seen}")
    sys.exit(seen != expected)
