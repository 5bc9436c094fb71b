"""Models, simple enough to be believed, that what processes share is held against, one operation after another.

Each operation is carried out by a worker.  A sequence that fails is printed, operation by operation.
"""
