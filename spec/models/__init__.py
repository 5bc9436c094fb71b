"""Reference models of the objects that processes share.

A model is simple, so that a reader can see that it is right.  A stateful test compares an object with its model, one
operation after another.  A worker performs each operation.  If a sequence fails, its operations are printed.

`spec.models.schedules` runs processes in every order of their steps, in place of any sequence of operations.
"""
