"""Broken implementations, each with one fault, which the claims must notice.

There are two kinds.  A broken multiprocessing API is a class in one of the modules here, and it is a target like any
other.  A broken package of lessons is a class in one of the modules of `lessons`::

    pytest spec/ --mp spec.selftest.defects.locks:does-nothing
    pytest spec/ --mp spec.selftest.defects.locks                # each API of that module
    pytest spec/ --impl spec.selftest.defects.lessons.lock.always_locks

Each declares the few claims that it was made to break.  What else it breaks is recorded in the file
``spec/selftest/broken_claims.toml``.  `spec.selftest.trial` compares both with what happens.
"""
