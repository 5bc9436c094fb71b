"""Process-based concurrency in Python, lesson by lesson: the reference implementation.

Each module of this package is one lesson: what there is to know in its docstring, the few functions
that show it, and ``demo``, which a person can watch.  ``python -m impl`` lists the lessons.

The functions are also a contract.  Another package with the same modules and functions can be
verified in place of this one: ``pytest spec/ --impl PACKAGE``.  Their signatures and docstrings say
all that a claim relies on; ``demo`` is not part of it.

Where the real world would make a program wait, a lesson calls a function that its caller passes.  A
person passes a real pause; a claim passes a checkpoint, at which it decides who goes on and when.
"""
