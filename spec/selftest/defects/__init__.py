"""Broken implementations, each with one fault, that the claims have been seen to catch.

There are two kinds.  A broken multiprocessing API is a class in one of the modules here, and a target like any
other; a broken package of lessons is a package in `lessons`::

    pytest spec/ --mp spec.selftest.defects.locks:does-nothing
    pytest spec/ --mp spec.selftest.defects.locks                # each of that module
    pytest spec/ --impl spec.selftest.defects.lessons.releases_early

Each declares which claims it breaks.  `spec.selftest.trial` holds what happens against that.
"""
